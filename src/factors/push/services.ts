/** Whom this server hands pushes to. A person names the address of their phone: without a list it could be anything. */
export type PushServices = {
  /** Hosts, as `fcm.googleapis.com`; `*.push.apple.com` is every host below that. Over https, at its own port. */
  readonly services: readonly string[]
  /** Plain http on this machine too: for trying out. */
  readonly loopback: boolean
}

/** Whether an address is one of a push service that may be used. */
export const isServed = (endpoint: string, { services, loopback }: PushServices): boolean => {
  const url = URL.parse(endpoint)
  if (url?.username !== '' || url.password !== '') return false
  if (url.protocol === 'http:') return loopback && url.hostname === '127.0.0.1'
  if (url.protocol !== 'https:' || url.port !== '') return false
  return services.some((service) =>
    service.startsWith('*.') ? url.hostname.endsWith(service.slice(1)) : url.hostname === service,
  )
}
