import { statementOf } from '#client/asked.fixture.ts'
import { readAsked } from '#client/asked.ts'
import { consentKind } from '#core/consent/consent.ts'
import { openEnvelope } from '#core/signature/open.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import type { Message, ToSign } from '#engine/platform.ts'
import type { Owed } from '#wire/native.ts'
import { Door, type DoorOptions } from './native-door.fixture.ts'

type Consent = ReturnType<typeof consentKind.decode>

/** What the server asks somebody to sign, made of the line that they said. */
export type Showing = (message: Message) => readonly ToSign[]

/** The statement of a line as an honest server makes it, changed as a lying one would. */
export const toSignFor = (message: Message, changes: Partial<Statement> = {}, as: Partial<ToSign> = {}): ToSign => {
  const now = Math.floor(Date.now() / 1000)
  const statement = statementOf({
    text: message.text.replace(/^foobot /i, ''),
    requester: message.account.id,
    via: {
      platform: 'native',
      tenant: 'acme',
      account: message.account.id,
      ...(!message.conversation.direct && { room: message.conversation.room }),
      message: message.id,
    },
    iat: now,
    exp: now + 300,
    ...changes,
  })
  return { as: 'requester', statement: statementKind.encode(statement), ...as }
}

/** A door behind which `upgrade` owes a second factor and `approve slick` leads to what `mansel` asks. */
export class SigningDoor {
  /** Each consent that was handed in: opened with its person's own key. */
  readonly consents: Consent[] = []
  showing: Showing = (message) => [toSignFor(message)]
  /** What `approve` and `fetch` lead to. */
  waiting: ToSign = waitingRebuild()
  /** Whatever is asked for leads to that. */
  answersAll = false
  /** Awaited before what is to be approved is shown. */
  beforeShow: Promise<void> = Promise.resolve()
  /** More approvals are missing after the first. */
  moreMissing = false
  refusal: string | undefined
  #door: Door | undefined
  #pending: Message | undefined
  #code = ''

  static async open(options: DoorOptions = {}): Promise<SigningDoor> {
    const self = new SigningDoor()
    self.#door = await Door.open({
      ...options,
      acts: { upgrade: (_, message) => self.#upgrade(message), approve: (_, message) => self.#approve(message) },
      present: (person, envelope) => self.#present(person, envelope),
      toSign: (_, which) => (which === 'slick' || self.answersAll ? self.waiting : { say: `Nothing waits: ${which}.` }),
    })
    return self
  }

  get door(): Door {
    if (!this.#door) throw new Error('it is not open yet')
    return this.#door
  }

  close(): Promise<void> {
    return this.door.close()
  }

  async #upgrade(message: Message): Promise<void> {
    const showing = message.signs ? this.showing(message) : []
    this.#stands(message, 'pending', secondFactor, showing[0])
    for (const toSign of showing) this.door.native.show(message, toSign)
    if (showing.length === 0) await this.door.answer(message, sorry)
  }

  async #approve(message: Message): Promise<void> {
    this.#stands(message, 'pending', approval, this.waiting)
    await this.beforeShow
    this.door.native.show(message, this.waiting)
  }

  async #present(person: string, envelope: Envelope): Promise<{ accepted: boolean; say: string }> {
    if (this.refusal !== undefined) return { accepted: false, say: this.refusal }
    const keys = this.door.keys.get(person) ?? []
    const { value } = openEnvelope(consentKind, envelope, () => keys)
    this.consents.push(value)
    const message = this.#pending
    if (message) await this.#goOn(message, value)
    return { accepted: true, say: `Signed: ${codeOf(value)}.` }
  }

  async #goOn(message: Message, consent: Consent): Promise<void> {
    if (this.moreMissing) {
      this.#stands(message, 'pending', approval)
      await this.#say(
        message,
        "Thank you. I need approval from someone in Ops. To approve, say 'Foobot approve slick'.",
      )
      return
    }
    this.#stands(message, 'running', [])
    const approved = consent.as === 'approver'
    await this.#say(
      message,
      approved ? 'Executing Michael Ansel’s command.' : 'Message signature valid!',
      approved ? 'Rebuilding svr-1827 as role web.' : 'Upgraded AcmeOps to a Pro account!',
    )
    if (!approved) this.#stands(message, 'done', [])
  }

  /** What the runner says comes after Foobot's own sentence, in one reply. */
  #say(message: Message, text: string, ...more: readonly string[]): Promise<void> {
    const blocks = more.map((part) => ({ type: 'text' as const, text: part }))
    return this.door.native.send(message.conversation, { text, blocks, footer: { code: this.#code } }, {})
  }

  #stands(message: Message, state: 'pending' | 'running' | 'done', owes: readonly Owed[], toSign?: ToSign): void {
    this.#pending = message
    if (toSign) {
      const statement = Buffer.from(toSign.statement).toString('base64')
      this.#code = readAsked({ type: 'statement', as: toSign.as, statement }).code
    }
    this.door.follow(message, { state, id: 'a'.repeat(32), code: this.#code || '7F3A-92C1', owes })
  }
}

export const sorry = 'Sorry, this command requires two-factor authentication.'
const secondFactor: readonly Owed[] = [{ kind: 'second-factor', say: sorry }]
const approval: readonly Owed[] = [
  { kind: 'approval', group: 'Support', count: 1, word: 'slick', say: 'I need approval.' },
]

const codeOf = ({ statement }: Consent): string => `${statement.slice(0, 4)}-${statement.slice(4, 8)}`.toUpperCase()

/** What somebody else asks, and the people of Support may approve. */
export const waitingRebuild = (changes: Partial<Statement> = {}): ToSign => {
  const now = Math.floor(Date.now() / 1000)
  const statement = statementOf({
    command: 'rebuild',
    tier: 'dangerous',
    text: 'rebuild svr-1827 role=web',
    requester: 'mansel',
    iat: now,
    exp: now + 3600,
    ...changes,
  })
  return { as: 'approver', group: 'Support', statement: statementKind.encode(statement) }
}
