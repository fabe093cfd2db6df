import type { Footer, Reply } from '#core/reply/reply.ts'
import type { Progress } from './platform.ts'
import type { Request } from './request/request.ts'
import { follow, say, type Way } from './way.ts'

/** What belongs to a request and is never part of an answer's text. */
export const footerOf = ({ stated, tier, text }: Pick<Request, 'stated' | 'tier' | 'text'>): Footer => ({
  ...(stated && { code: stated.code }),
  tier,
  command: text,
})

/** A sentence: Foobot's own, or one that a runner worded, which is shown as that runner's. */
export type Words = string | { readonly from: string; readonly text: string }

export const textOfWords = (words: Words): string => (typeof words === 'string' ? words : words.text)

export const replyOf = (words: Words): Omit<Reply, 'footer'> =>
  typeof words === 'string'
    ? { text: words, blocks: [] }
    : { text: '', blocks: [{ type: 'text', text: words.text }], from: words.from }

/** Something of a request said in its conversation, after all that was said before. */
export const sayOf = (way: Way, request: Request, reply: Omit<Reply, 'footer'>, progress?: string): Promise<void> =>
  way.live.talk(request.id, () =>
    say(
      way,
      request.conversation,
      { ...reply, footer: footerOf(request) },
      {
        answers: { account: request.account, id: request.message },
        ...(progress !== undefined && { progress }),
      },
    ),
  )

/** Tells everybody who follows a request how it stands. */
export const followAll = (way: Way, request: Request): Promise<void> =>
  way.live.talk(request.id, () => {
    for (const asker of way.live.askers(request.id)) follow(way, asker, progressOf(request))
    return Promise.resolve()
  })

export const progressOf = ({ state, id, stated, text }: Request): Progress => ({
  state,
  id,
  ...(stated && { code: stated.code }),
  command: text,
  owes: [],
})
