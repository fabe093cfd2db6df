import { keyid } from '#core/signature/key.ts'
import { kindOfKey } from '#core/signature/key-name.ts'
import type { HeldKey } from '#wire/native.ts'
import { type ClientOptions, connectionOf } from '../client-options.ts'
import { passOnList } from '../pass-on.ts'
import { print, printJson } from '../tell.ts'
import { blockLines } from '../terminal/blocks.ts'
import { line } from '../terminal/clean.ts'

export type ListOptions = ClientOptions & { readonly of?: string; readonly json?: true }

/** Prints somebody's keys. */
export const listKeysOf = async (options: ListOptions): Promise<undefined> => {
  const connection = await connectionOf(options)
  try {
    await connection.open()
    const of = options.of ?? options.as
    const keys = await connection.keys(of)
    if (options.json) {
      for (const key of keys) printJson({ type: 'key', person: of, id: keyid(key.key), ...key })
      return
    }
    if (keys.length === 0) {
      print(
        of === options.as
          ? 'You have no key in force.'
          : line`${of} has no key in force, or you may not see it: that is for the group People.`,
      )
      return
    }
    const columns = ['id', 'kind', 'worth', 'counts', 'until', 'added by', '']
    const rows = keys.map((key) => [
      keyid(key.key).slice(0, 8),
      kindOfKey(key.key),
      key.worth,
      countsOf(key),
      key.until === undefined ? 'as long as the bundle lists it' : dayOf(key.until),
      key.by.join(', ') || 'the bundle',
      key.key === connection.signer.key ? 'signed in with' : '',
    ])
    passOnList((width) => blockLines({ type: 'table', columns, rows }, width))
  } finally {
    connection.close()
  }
}

const countsOf = ({ upTo, from }: HeldKey): string => {
  const tiers = upTo === undefined ? 'for all' : `up to ${upTo}`
  return from !== undefined && from * 1000 > Date.now() ? `${tiers}, from ${dayOf(from)}` : tiers
}

const dayOf = (seconds: number): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(seconds * 1000)
