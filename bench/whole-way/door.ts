import type { Message, Platform } from '../../src/engine/platform.ts'
import { deafPlatform } from '../way.ts'

/** A platform of the bench's own: takes what is said, and tells when a message has come to its end. */
export type Door = Platform & {
  /** Resolves when the request of this message is done. Rejects with what was said where it ends otherwise. */
  ended(message: Pick<Message, 'id'>): Promise<void>
}

type Waiting = {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  last: string
  answered: boolean
}

export const makeDoor = (): Door => {
  const waiting = new Map<string, Waiting>()
  const door: Door = {
    ...deafPlatform,
    ended: ({ id }) =>
      new Promise((resolve, reject) => waiting.set(id, { resolve, reject, last: '', answered: false })),
    send: async (_to, reply, { answers }) => {
      const one = answers && waiting.get(answers.id)
      if (!one) return
      one.last = reply.text
      one.answered ||= reply.blocks.length > 0
    },
    follow: ({ id }, { state }) => {
      const one = waiting.get(id)
      if (!one || state === 'running') return
      waiting.delete(id)
      // A command that was said and whose handler's words came back went the whole way.
      if (state === 'done' && one.answered) one.resolve()
      else one.reject(new Error(`a command ended ${state}: ${one.last}`))
    },
  }
  return door
}
