import { createConnection } from 'node:net'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { publicKeyOf } from '#core/signature/public-key.ts'
import { ascii, SshReader, sshString, u32 } from '#core/signature/ssh-wire.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { type Signer, sshSigner } from './signer.ts'

/** Numbers of the agent's protocol. See draft-ietf-sshm-ssh-agent. */
const listKeys = 11
const keysListed = 12
const signBytes = 13
const bytesSigned = 14

const mostAnswerBytes = 256 * 1024
/** An agent may ask its user, or wait for a touch, before it signs. */
const patience = 60_000

/**
 * The keys of the agent that can sign here, in the agent's order; RSA and others are left out.
 * @param socket path of its Unix socket: `SSH_AUTH_SOCK`
 * @throws FoobotError `agent-failed`
 */
export const agentSigners = async (socket: string): Promise<readonly Signer[]> => {
  const answer = await ask(socket, listKeys, new Uint8Array(), keysListed)
  const reader = new SshReader(answer)
  const signers: Signer[] = []
  for (let left = reader.u32(); left > 0; left--) {
    const blob = reader.string()
    const comment = Buffer.from(reader.string()).toString('utf8')
    const key = usableKey(blob)
    if (key) signers.push(sshSigner(key, `agent: ${comment}`, (bytes) => sign(socket, key, bytes)))
  }
  return signers
}

/** People's agents hold keys of other types, for other things. */
const usableKey = (blob: Uint8Array): Key | undefined => {
  try {
    return parseKey(`${ascii(new SshReader(blob).string())} ${toBase64(blob)}`)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'key-malformed') return undefined
    throw error
  }
}

const sign = async (socket: string, key: Key, bytes: Uint8Array): Promise<Uint8Array> => {
  const flags = 0
  const body = Buffer.concat([sshString(publicKeyOf(key).blob), sshString(bytes), u32(flags)])
  return new SshReader(await ask(socket, signBytes, body, bytesSigned)).string()
}

/** One question, one answer, over a connection of its own. */
const ask = (socket: string, question: number, body: Uint8Array, expected: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const connection = createConnection(socket)
    const fail = (why: string): void => {
      connection.destroy()
      reject(new FoobotError('agent-failed', `ssh-agent at ${socket}: ${why}`))
    }
    let heard = Buffer.alloc(0)
    connection.setTimeout(patience, () => fail('no answer'))
    connection.on('error', (error) => fail(error.message))
    connection.on('close', () => fail('closed without an answer'))
    connection.on('connect', () => connection.write(sshString(Buffer.concat([Uint8Array.of(question), body]))))
    connection.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      if (heard.length < 5) return
      const length = heard.readUInt32BE()
      if (length < 1 || length > mostAnswerBytes) return fail('an answer of impossible size')
      if (heard.length < 4 + length) return
      if (heard.readUInt8(4) !== expected) return fail(`it refused (answer ${heard.readUInt8(4)})`)
      connection.destroy()
      resolve(heard.subarray(5, 4 + length))
    })
  })
