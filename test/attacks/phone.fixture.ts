import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ToPhone } from '#wire/phone.ts'
import { decryptPush } from '../../sandbox/phone/decrypt.ts'
import type { Intruder } from './intruder.fixture.ts'

/** One person's phone, and the push service that reaches it: it counts how often it rang. */
export class RingingPhone {
  readonly #ecdh = createECDH('prime256v1')
  readonly #auth = randomBytes(16)
  readonly #wakes: string[] = []
  readonly #server: string
  #service: Server | undefined

  private constructor(server: string) {
    this.#ecdh.generateKeys()
    this.#server = server
  }

  /** Has the server wake it for who has signed in. */
  static async of(owner: Intruder, server: string): Promise<RingingPhone> {
    const phone = new RingingPhone(server)
    const endpoint = await phone.#listen()
    const { accepted, say } = await owner.connection.enrol({
      what: 'add-phone',
      name: 'phone',
      endpoint,
      p256dh: phone.#ecdh.getPublicKey('base64url'),
      auth: phone.#auth.toString('base64url'),
    })
    if (!accepted) throw new Error(say)
    return phone
  }

  /** How often it rang so far. */
  get rang(): number {
    return this.#wakes.length
  }

  /** What the server tells it of the last thing that it rang for. */
  open(): Promise<ToPhone> {
    return this.#ask({ ask: 'open' })
  }

  answer(answer: string): Promise<ToPhone> {
    return this.#ask({ ask: 'answer', answer })
  }

  no(): Promise<ToPhone> {
    return this.#ask({ ask: 'no' })
  }

  end(): void {
    this.#service?.close()
    this.#service?.closeAllConnections()
  }

  async #ask(what: object): Promise<ToPhone> {
    const answer = await fetch(`${this.#server}/phone`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...what, wake: this.#wakes.at(-1) ?? '0'.repeat(32) }),
    })
    return answer.json() as never
  }

  async #listen(): Promise<string> {
    const service = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const letter = decryptPush(Buffer.concat(chunks), { privateKey: this.#ecdh.getPrivateKey(), auth: this.#auth })
        this.#wakes.push(JSON.parse(letter).wake)
        response.writeHead(201).end()
      })
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    this.#service = service
    return `http://127.0.0.1:${(service.address() as AddressInfo).port}/push`
  }
}
