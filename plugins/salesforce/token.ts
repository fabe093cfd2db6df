import { sign } from 'node:crypto'
import { Vendor, VendorError, type VendorOptions } from 'foobot'
import { denied, token } from './wire.ts'

/** Who signs in, and as whom. */
export type SignIn = {
  /** The app's consumer key. */
  readonly consumerKey: string
  /** The user name that it acts as. */
  readonly user: string
  /** Who the assertion is for: https://login.salesforce.com, or https://test.salesforce.com for a sandbox of theirs. */
  readonly audience: string
  /** The app's private key, as PEM. */
  readonly privateKey: () => string
}

/** Seconds that an assertion lives; Salesforce takes no more than three minutes. */
const life = 170
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** An access token by the OAuth 2.0 JWT bearer flow (RFC 7523): asked for when it is first needed, and kept until it is not taken. */
export class Token {
  readonly #vendor: Vendor
  readonly #signIn: SignIn
  #known: string | undefined

  constructor(at: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>, signIn: SignIn) {
    this.#signIn = signIn
    this.#vendor = new Vendor({
      name: 'Salesforce',
      ...at,
      refusal: (body) => {
        const said = denied.safeParse(body).data
        return said && [said.error, said.error_description].filter((words) => words !== undefined).join(': ')
      },
    })
  }

  /** @throws VendorError `credential` where Salesforce does not let us in */
  async current(signal: AbortSignal): Promise<string> {
    this.#known ??= await this.#ask(signal)
    return this.#known
  }

  /** It was not taken: the next one is another. */
  forget(used: string): void {
    if (this.#known === used) this.#known = undefined
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const assertion = assertionOf(this.#signIn, Date.now())
    const body = new URLSearchParams({ grant_type: grant, assertion })
    try {
      // A second token harms nobody.
      const answer = await this.#vendor.ask('POST', '/services/oauth2/token', { body, signal, repeatable: true })
      return answer.json(token).access_token
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== 'refused') throw error
      const say = `Salesforce does not let us sign in: tell an administrator to look at the app and its certificate. It says: ${error.message}`
      throw new VendorError('credential', say, error.status, error)
    }
  }
}

/** @param now milliseconds */
export const assertionOf = ({ consumerKey, user, audience, privateKey }: SignIn, now: number): string => {
  const claims = { iss: consumerKey, sub: user, aud: audience, exp: Math.floor(now / 1000) + life }
  const signed = [{ alg: 'RS256' }, claims].map((part) => encoded(JSON.stringify(part))).join('.')
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey()).toString('base64url')}`
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url')
