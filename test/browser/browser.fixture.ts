import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'

/** Debian's Chromium. Its own sandbox does not work for root, and it looks nothing up that a test did not ask for. */
const args = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args })

/** A key that Node made, for the authenticator of a page: base64 PKCS#8. */
export type KnownPasskey = { readonly id: string; readonly privateKey: string }

/** A page with a virtual authenticator of its own, which recognises its owner without asking. */
export class DeskPage {
  readonly page: Page
  /** What the page's console said, and what broke in it. */
  readonly said: string[] = []
  readonly #session: CDPSession
  readonly #authenticator: string

  private constructor(page: Page, session: CDPSession, authenticator: string) {
    this.page = page
    this.#session = session
    this.#authenticator = authenticator
    page.on('console', (message) => this.said.push(message.text()))
    page.on('pageerror', (error) => this.said.push(String(error)))
  }

  static async open(context: BrowserContext): Promise<DeskPage> {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('WebAuthn.enable')
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return new DeskPage(page, session, authenticatorId)
  }

  async hold({ id, privateKey }: KnownPasskey): Promise<void> {
    await this.#session.send('WebAuthn.addCredential', {
      authenticatorId: this.#authenticator,
      credential: {
        credentialId: id,
        isResidentCredential: true,
        rpId: 'desk.localhost',
        privateKey,
        userHandle: id,
        signCount: 0,
      },
    })
  }

  /** How often passkeys have signed here, all together. */
  async signatures(): Promise<number> {
    return (await this.#credentials()).reduce((sum, { signCount }) => sum + signCount, 0)
  }

  /** How many passkeys there are here. */
  async passkeys(): Promise<number> {
    return (await this.#credentials()).length
  }

  async #credentials() {
    return (await this.#session.send('WebAuthn.getCredentials', { authenticatorId: this.#authenticator })).credentials
  }

  /** From now on, nobody is recognised. */
  async denyOwner(): Promise<void> {
    await this.#session.send('WebAuthn.setUserVerified', {
      authenticatorId: this.#authenticator,
      isUserVerified: false,
    })
  }

  async visit(url: string): Promise<void> {
    await this.page.goto(url)
    await this.page.locator('h1').waitFor()
  }

  /** The lines of the statement that the page shows, as `display` writes them. */
  async lines(): Promise<string> {
    const texts = await this.page.locator('.line :is(dt, dd)').allTextContents()
    return texts.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\n`)).join('')
  }

  /** Through all of it, as with the space bar. */
  async readAll(): Promise<void> {
    const { page } = this
    const step = Math.floor((page.viewportSize()?.height ?? 600) / 3)
    await page.evaluate(`(async () => {
      const frame = () => new Promise(requestAnimationFrame)
      const end = document.documentElement.scrollHeight - innerHeight
      for (let at = 0; at < end + ${step}; at += ${step}) {
        // A scroll that an earlier key began may still be under way.
        do {
          scrollTo(0, at)
          await frame()
          await frame()
        } while (Math.abs(scrollY - Math.min(at, end)) > 1)
      }
    })()`)
  }
}
