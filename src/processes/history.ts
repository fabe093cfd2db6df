import type { ChatEntry, ChatStore } from '#engine/store.ts'
import type { History } from '#platforms/native/history.ts'
import type { ChatMessage } from '#wire/native.ts'

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
    page: async (room, of) => {
      const { entries, hasOlder } = await chat.page(conversation(room), of)
      return { entries: entries.map(({ place, entry }) => ({ place, chat: messageOf(room, entry) })), hasOlder }
    },
  }
}

const messageOf = (room: string, { from, name, at, text, rich }: ChatEntry): ChatMessage => ({
  room,
  from,
  name,
  at: Math.floor(at / 1000),
  text,
  blocks: [],
  ...(rich !== undefined && JSON.parse(rich)),
})
