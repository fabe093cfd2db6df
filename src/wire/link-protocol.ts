/** The WebSocket subprotocol of the runners' link: it rises with what a peer of an older version would misunderstand. */
export const linkProtocol = 'foobot-runner.v2'

/** What a peer of another version is told. */
export const otherVersion = `The server speaks ${linkProtocol}: use the same version of Foobot on both sides.`

/**
 * Whether a peer speaks this version: it says so before anything else.
 * @param header `Sec-WebSocket-Protocol`, as it was sent
 */
export const speaksOurs = (header: string | undefined): boolean =>
  (header ?? '').split(',').some((name) => name.trim() === linkProtocol)

/** The answer to one that does not, as bytes: HTTP is the one form that every version understands. */
export const refuseVersion = `HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${otherVersion}\n`
