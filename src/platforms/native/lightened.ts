import type { Block } from '#core/reply/reply.ts'

/** Bytes of base64 that one room's history carries in pictures and files, at most. */
const most = 3 * 1024 * 1024

/**
 * A room's history that can be sent: the newest pictures and files are whole, older ones are empty and told in words. Without this,
 * somebody who fills a room with pictures would keep everybody out of it.
 * @param history oldest first
 */
export const lightened = <T extends { readonly blocks: readonly Block[] }>(history: readonly T[]): T[] => {
  let left = most
  const light = (block: Block): Block => {
    if (block.type !== 'picture' && block.type !== 'file') return block
    left -= block.data.length
    return left >= 0 ? block : { ...block, data: '' }
  }
  return history
    .toReversed()
    .map((entry) => ({ ...entry, blocks: entry.blocks.map(light) }))
    .reverse()
}
