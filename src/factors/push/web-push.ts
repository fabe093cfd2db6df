import webPush from 'web-push'
import type { Device, Waker } from '#engine/factor.ts'
import { isServed, type PushServices } from './services.ts'
import { readVapidKeys, type VapidKeys } from './vapid-keys.ts'

export type WebPushOptions = PushServices & {
  /** The file of this server's own pair of keys; made where it is missing. */
  readonly key: string
  /** Where phones ask what it is about: this server's origin. */
  readonly server: () => string
  readonly log: { warn(fields: Readonly<Record<string, unknown>>, message: string): void }
}

/** Milliseconds that a push service may take. */
const patience = 10_000

/**
 * Wakes phones by Web Push. What is sent is encrypted for the one phone (RFC 8291) and says only by which secret it may ask
 * what it is about: a push service learns that somebody is woken, and not for what.
 * @see https://www.rfc-editor.org/rfc/rfc8030 and RFC 8292 for who may send
 */
export class WebPush implements Waker {
  readonly #options: WebPushOptions
  readonly #keys: VapidKeys

  /** @throws FoobotError `machine-key` where the file cannot be used */
  constructor(options: WebPushOptions) {
    this.#options = options
    this.#keys = readVapidKeys(options.key)
  }

  get key(): string {
    return this.#keys.publicKey
  }

  refuses(endpoint: string): string | undefined {
    if (isServed(endpoint, this.#options)) return undefined
    return `I wake no phones through ${URL.parse(endpoint)?.host ?? 'that address'}: an administrator can add it to push.services in server.yaml.`
  }

  async wake({ endpoint, p256dh, auth, person, name }: Device, wake: string, life: number): ReturnType<Waker['wake']> {
    try {
      // The configuration may have changed since it was added.
      if (!isServed(endpoint, this.#options))
        throw new Error('its push service is not one of those that are configured')
      const letter = JSON.stringify({ v: 1, server: this.#options.server(), wake })
      const { method, headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, letter, {
        TTL: life,
        urgency: 'high',
        vapidDetails: { ...this.#keys, subject: subjectOf(this.#options.server()) },
      })
      const response = await fetch(endpoint, {
        method,
        headers: headersOf(headers),
        body: new Uint8Array(body),
        // A push service that points elsewhere is not followed there.
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
      })
      await response.body?.cancel()
      if (response.ok) return 'sent'
      if (response.status === 404 || response.status === 410) return 'gone'
      throw new Error(`its push service answered ${response.status}`)
    } catch (error) {
      this.#options.log.warn({ person, device: name, error: String(error) }, 'a phone could not be woken')
      return 'unreachable'
    }
  }
}

/** Whom a push service may ask about what is sent: a public server says who it is. */
const subjectOf = (server: string): string => (server.startsWith('https:') ? server : 'mailto:foobot@localhost')

/** `fetch` counts the bytes itself. */
const headersOf = (headers: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name, String(value)]),
  )
