import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { Connection } from '#client/connection.ts'
import type { Frame } from '#client/dial.ts'
import type { Signer } from '#client/signer.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { RequestView } from '#wire/native.ts'

/** Milliseconds to wait for what must come. */
const patience = 30_000

/** What came of one line. */
export type Answered = {
  readonly id: string
  readonly state: RequestView['state']
  readonly code: string
  readonly word: string
  /** All that was answered, a line each. */
  readonly text: string
}

/**
 * A session at the people's door with everything that a chat account can do: say, look, hand in. What signed it in signs
 * nothing else: who sits here holds the account, and no key.
 */
export class Intruder {
  readonly frames: Frame[] = []
  readonly connection: Connection
  #changed: () => void = () => undefined

  private constructor(server: string, person: string, signer: Signer) {
    const wake = (): void => this.#changed()
    this.connection = new Connection({
      server,
      person,
      signers: [signer],
      clock: Date.now,
      newId: () => randomBytes(12).toString('hex'),
      keepTrying: 0,
      ears: {
        heard: (frame) => {
          this.frames.push(frame)
          wake()
        },
        lost: wake,
        back: wake,
        gone: wake,
      },
    })
  }

  static async dial(server: string, person: string, signer: Signer): Promise<Intruder> {
    const intruder = new Intruder(server, person, signer)
    await intruder.connection.open()
    return intruder
  }

  /** Says a line, and waits until it has ended, or waits itself. */
  async say(text: string, room = 'devs', signs = false): Promise<Answered> {
    const id = this.connection.say(room, text, signs)
    await this.until(() => {
      const state = this.#standing(id)?.state
      if (this.frames.some((frame) => frame.type === 'problem' && frame.message === id)) return true
      // What is owed is said a little later, but not to a client that signs.
      if (state === 'pending') return signs || this.answered(id).text !== ''
      return state !== undefined && state !== 'running'
    })
    return this.answered(id)
  }

  answered(id: string): Answered {
    const views = this.frames.flatMap((frame) =>
      frame.type === 'request' && frame.message === id ? [frame.request] : [],
    )
    const texts = this.frames.flatMap((frame) =>
      frame.type === 'message' && frame.answers === id
        ? [frame.chat.text, ...frame.chat.blocks.flatMap((block) => ('text' in block ? [block.text] : []))]
        : frame.type === 'problem' && frame.message === id
          ? [frame.say]
          : [],
    )
    return {
      id,
      state: views.at(-1)?.state ?? 'refused',
      code: views.flatMap(({ code }) => code ?? []).at(-1) ?? '',
      word: views.flatMap(({ owes }) => owes.flatMap(({ word }) => word ?? [])).at(-1) ?? '',
      text: texts.filter((line) => line !== '').join('\n'),
    }
  }

  /** Waits until a line has come to its end. */
  async ended(id: string): Promise<Answered> {
    await this.until(() => !['asking', 'pending', 'running', undefined].includes(this.#standing(id)?.state))
    return this.answered(id)
  }

  /** The bytes that a code or word leads to, for who may say yes to them. */
  async fetch(which: string): Promise<Uint8Array> {
    const found = await this.connection.fetch(which)
    if ('say' in found) throw new Error(found.say)
    return Buffer.from(found.statement, 'base64')
  }

  /** Why nothing is shown for it. */
  async declined(which: string): Promise<string> {
    const found = await this.connection.fetch(which)
    return 'say' in found ? found.say : 'it was shown'
  }

  present(envelope: Envelope): Promise<{ readonly accepted: boolean; readonly say: string }> {
    return this.connection.present(envelope)
  }

  /** Waits until something is so that frames bring about; fails where it does not come. */
  async until(so: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(patience)
    while (!so()) {
      if (late.aborted) expect.fail('it never came')
      await new Promise<void>((resolve) => {
        this.#changed = resolve
        late.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  close(): void {
    this.connection.close()
  }

  #standing(id: string): RequestView | undefined {
    return this.frames
      .flatMap((frame) => (frame.type === 'request' && frame.message === id ? [frame.request] : []))
      .at(-1)
  }
}

/** The other door for what is signed: HTTP. */
export const post = async (
  server: string,
  envelope: Envelope,
): Promise<{ readonly accepted: boolean; readonly say: string }> => {
  const answer = await fetch(`${server}/present`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(envelope),
  })
  return answer.json() as never
}
