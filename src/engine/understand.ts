import type { Arguments } from '#core/command/arguments.ts'
import type { Speaking } from '#core/command/speaking.ts'
import { understandAnswer, understand as understandLine } from '#core/command/understand.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Identified } from './identify.ts'
import type { OwnCommand } from './own-commands.ts'
import type { Entry } from './rules.ts'
import { tooOld } from './too-old.ts'
import type { Way } from './way.ts'

/** What a line comes to. */
export type Understood =
  | ({ readonly kind: 'command' } & Command)
  | { readonly kind: 'own'; readonly from: Identified; readonly own: OwnCommand; readonly args: Arguments }
  | {
      readonly kind: 'missing'
      readonly from: Identified
      readonly entry: Entry
      readonly text: string
      readonly say: string
    }
  | { readonly kind: 'complaint'; readonly from: Identified; readonly say: string }
  /** No command, or not theirs: the two are told apart nowhere. */
  | { readonly kind: 'unknown'; readonly from: Identified; readonly near: readonly string[] }
  | { readonly kind: 'nothing'; readonly from: Identified }

/** A command with its arguments, which this person may perhaps run. */
export type Command = {
  readonly from: Identified
  readonly entry: Entry & { readonly listed: NonNullable<Entry['listed']> }
  readonly args: Arguments
  /** Canonical. */
  readonly text: string
  /** The request that was asking, where this answers it. */
  readonly asked?: string
}

/** What may be said here: by who the speaker is, and by where it is. */
export const maySay = ({ person, where, rules }: Identified): ((command: string) => boolean) => {
  const mayEver = rules.mayEver(person)
  const entryOf = (command: string): Entry | undefined => rules.entryOf(command)
  switch (where) {
    case 'room':
      return mayEver
    case 'alone':
      return person === undefined ? (command) => entryOf(command)?.own !== undefined : mayEver
    case 'outside':
      return person === undefined
        ? (command) => command === 'link'
        : (command) => mayEver(command) && entryOf(command)?.tier === 'open'
  }
}

/** From `sensitive` up a command is said where others of the company see it. */
export const needsRoom = ({ room }: Identified, { tier }: Entry): boolean =>
  room === undefined && isAtLeast(tier, 'sensitive')

export const understand = (way: Way, from: Identified): Understood => {
  if (!from.line.ok) return { kind: 'complaint', from, say: from.line.say }
  const { rules } = from
  const may = maySay(from)
  const speaking: Speaking = {
    now: from.message.at,
    zone: rules.company.zone,
    dateOrder: rules.company.dateOrder,
    directory: rules.directory,
    ...(from.person !== undefined && { me: from.person }),
  }
  const asked = from.answersTo === undefined ? undefined : way.live.get(from.answersTo)
  const understanding = asked
    ? understandAnswer(rules.commands, asked.text, from.line.text, speaking, may)
    : understandLine(rules.commands, from.line.text, speaking, may)
  const say = 'entry' in understanding ? tooOld(way, understanding.entry) : undefined
  if (say !== undefined) return { kind: 'complaint', from, say }
  switch (understanding.kind) {
    case 'command': {
      const { entry, args, text } = understanding
      if (entry.own) return { kind: 'own', from, own: entry.own, args }
      if (!entry.listed) return { kind: 'unknown', from, near: [] }
      if (needsRoom(from, entry)) {
        return { kind: 'complaint', from, say: `Say "${entry.command}" in a room of the company, where others see it.` }
      }
      return {
        kind: 'command',
        from,
        entry: { ...entry, listed: entry.listed },
        args,
        text,
        ...(asked && { asked: asked.id }),
      }
    }
    case 'missing':
      return understanding.ask === undefined
        ? { kind: 'complaint', from, say: understanding.usage }
        : { kind: 'missing', from, entry: understanding.entry, text: understanding.text, say: understanding.ask }
    case 'complaint':
      return { kind: 'complaint', from, say: understanding.say }
    case 'unknown':
      return { kind: 'unknown', from, near: understanding.near }
    case 'nothing':
      return { kind: 'nothing', from }
  }
}
