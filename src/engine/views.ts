import { mayVouch } from '#core/bundle/key-signers.ts'
import { completions } from '#core/command/complete.ts'
import type { Key } from '#core/signature/key.ts'
import type { HeldKey, ListedRequest } from '#wire/native.ts'
import { heldKeys, keysNow } from './keys.ts'
import type { Progress } from './platform.ts'
import { type Part, readiness } from './readiness.ts'
import { progressWithOwed } from './standing.ts'
import type { Way } from './way.ts'

/** What the clients' side may see of the engine: read only, and each as far as its person may see it. */
export interface Views {
  company(): { readonly deployment: string; readonly name: string }
  nameOf(person: string): string
  /** The keys that a person signs in with now. */
  keysOf(person: string): readonly Key[]
  /** Why nobody signs in at all; undefined where people do. */
  whyClosed(): string | undefined
  /** All keys of somebody, as far as this person may see them: their own; of everybody, for the people who vouch. */
  heldKeys(person: string, of: string): readonly HeldKey[]
  /** The rooms that a person is in, in the bundle's order. */
  roomsOf(person: string): readonly string[]
  mayEnter(person: string, room: string): boolean
  /** What a line may go on with. */
  complete(person: string, text: string): readonly string[]
  /** What waits or runs in the rooms that a person is in. */
  requests(person: string): readonly ListedRequest[]
  /** Whether the server can do its work. */
  ready(): { readonly ok: boolean; readonly parts: readonly Part[] }
}

export const viewsOf = (way: Way): Views => {
  const roomsOf = (person: string): readonly string[] =>
    [...way.rules.company.rooms.keys()].filter((room) => way.rules.isIn(room, person))
  const mayEnter = (person: string, room: string): boolean => room === `@${person}` || way.rules.isIn(room, person)
  return {
    company: () => ({ deployment: way.rules.company.deployment, name: way.rules.company.name }),
    nameOf: (person) => way.rules.company.people.get(person)?.name ?? person,
    keysOf: (person) => keysNow(way, person),
    whyClosed: () => way.awaited.whyClosed,
    heldKeys: (person, of) => (person === of || mayVouch(way.rules.company, person) ? heldKeys(way, of) : []),
    roomsOf,
    mayEnter,
    complete: (person, text) => completions(way.rules.commands, text, way.rules.mayEver(person)),
    requests: (person) =>
      [`@${person}`, ...roomsOf(person)]
        .flatMap((room) => way.live.inRoom({ platform: 'native', tenant: way.rules.company.deployment, room }))
        .toSorted((a, b) => a.createdAt - b.createdAt)
        .map((request) => ({
          ...requestView(progressWithOwed(way, request)),
          room: request.conversation.room,
          ...(request.person !== undefined && { person: request.person }),
        })),
    ready: () => readiness(way),
  }
}

/** How a request stands, in the form that travels. */
const requestView = ({ owes, ...progress }: Progress): ListedRequest => ({
  ...progress,
  owes: owes.map((one) => ({ ...one })),
})
