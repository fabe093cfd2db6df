import { hash } from 'node:crypto'
import { openEntry } from '#core/log/entry.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { Account, Conversation } from '#engine/platform.ts'
import type { Request } from '#engine/request/request.ts'
import { isEnd } from '#engine/request/states.ts'
import type { Leaf } from '#engine/store.ts'
import { bytesOf, type Row, textOf } from './columns.ts'

/** A request as columns, in the order of `request`. The warrant is null where its leaf holds it. */
export const toColumns = (request: Request) => {
  const { id, state, generation, stated, sent, ...rest } = request
  const body = {
    ...rest,
    ...(stated && { stated: { ...stated, statement: undefined } }),
    ...(sent && { sent: { ...sent, warrant: undefined, index: undefined } }),
  }
  return {
    id: Buffer.from(id, 'hex'),
    said: saidKey(request.conversation, request.account, request.message),
    state,
    generation,
    live: isEnd(state) ? 0 : 1,
    digest: stated ? Buffer.from(stated.digest, 'hex') : null,
    statement: stated?.statement ?? null,
    leaf: sent?.index ?? null,
    warrant: sent?.warrant ?? null,
    body: JSON.stringify(body),
  }
}

/** @param row columns of `request`, with `entry` of its leaf where there is one */
export const fromColumns = (row: Row): Request => {
  const { stated, sent, ...rest } = JSON.parse(textOf(row, 'body'))
  return {
    id: Buffer.from(bytesOf(row, 'id')).toString('hex'),
    state: textOf(row, 'state'),
    generation: row.generation,
    ...rest,
    ...(stated && { stated: { ...stated, statement: bytesOf(row, 'statement') } }),
    ...(sent && { sent: { ...sent, warrant: warrantIn(row), index: row.leaf } }),
  }
}

const warrantIn = (row: Row): Uint8Array =>
  row.warrant === null ? openEntry(bytesOf(row, 'entry')).body : bytesOf(row, 'warrant')

/** One message of one account in one conversation, in 16 bytes. */
export const saidKey = (
  { platform, tenant, room, thread }: Conversation,
  account: Account,
  message: string,
): Uint8Array =>
  hash(
    'sha256',
    JSON.stringify([platform, tenant, room, thread ?? null, account.tenant, account.id, message]),
    'buffer',
  ).subarray(0, 16)

/** True where a leaf is the request's own warrant. */
export const isWarrantOf = (leaf: Leaf | undefined, request: Request): boolean =>
  leaf !== undefined &&
  request.sent !== undefined &&
  Buffer.compare(leaf.bytes, warrantKind.pae(request.sent.warrant)) === 0
