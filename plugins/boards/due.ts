import type { Board } from './client.ts'
import type { Card, Member } from './wire.ts'

/** A card that is to be done by then. */
export type Due = { readonly card: Card; readonly at: Date }

/** A label or board as a person says it: one word, in any case, with dashes for spaces. */
export const spoken = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, '-')

/** What is still to be done under a label, or on the board of that name: what is due first comes first. */
export const dueUnder = (word: string, boards: readonly Board[]): readonly Due[] =>
  boards
    .flatMap(({ name, cards }) =>
      cards.filter(({ labels }) => [name, ...labels.map((label) => label.name)].some((one) => spoken(one) === word)),
    )
    .flatMap((card) => (card.due === null || card.dueComplete ? [] : [{ card, at: new Date(card.due) }]))
    .sort((a, b) => a.at.getTime() - b.at.getTime())

/** Everybody on the boards, once. */
export const everybodyOn = (boards: readonly Board[]): readonly Member[] => [
  ...new Map(boards.flatMap(({ members }) => members).map((member) => [member.id, member])).values(),
]

/**
 * The member who a person of the company is.
 * @param username as it is configured; without it, the one member of that full name
 */
export const memberFor = (
  { name, username }: { readonly name: string; readonly username: string | undefined },
  all: readonly Member[],
): Member | undefined => {
  const fold = (text: string): string => text.normalize('NFC').toLowerCase()
  if (username !== undefined) return all.find((member) => fold(member.username) === fold(username))
  const [one, other] = all.filter((member) => fold(member.fullName) === fold(name))
  return other ? undefined : one
}
