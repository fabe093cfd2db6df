import type { ChatStore } from '#engine/store.ts'
import type { History } from '#platforms/native/room.ts'

/** What was said on Foobot's own platform, kept in the chat store: a room is a conversation of it. */
export const historyOf = (chat: ChatStore, deployment: string): History => {
  const conversation = (room: string) => ({ platform: 'native', tenant: deployment, room })
  return {
    append: ({ room, account, message, chat: { name, at, text, blocks, footer } }) =>
      chat.append({
        conversation: conversation(room),
        from: account,
        name,
        at: at * 1000,
        text,
        rich: JSON.stringify({ blocks, ...(footer && { footer }) }),
        ...(message !== undefined && { message }),
      }),
    last: async (room, count) => {
      const entries = await chat.last(conversation(room), count)
      return entries.map(({ from, name, at, text, rich }) => ({
        room,
        from,
        name,
        at: Math.floor(at / 1000),
        text,
        blocks: [],
        ...(rich !== undefined && JSON.parse(rich)),
      }))
    },
  }
}
