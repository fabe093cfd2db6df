import type { Block } from '#core/reply/reply.ts'

/** What the terminal itself understands, and how to ask Foobot for the rest. */
export const help: Block = {
  type: 'fields',
  fields: [
    { name: 'Foobot help', value: 'lists what you may run here; in a room, Foobot’s name comes first' },
    { name: 'Tab', value: 'completes commands, rooms and these' },
    { name: '/rooms', value: 'lists your rooms' },
    { name: '/room NAME', value: 'goes to another room' },
    { name: '/sign on|off', value: 'signs what you type, where that is owed; anything else is shown first, and asked' },
    { name: '/quit', value: 'leaves, as Ctrl-D does' },
  ],
}
