import type { Block } from '#core/reply/reply.ts'

/** What the terminal itself understands, and how to ask Foobot for the rest. */
export const help: Block = {
  type: 'fields',
  fields: [
    { name: 'Foobot help', value: 'lists what you may run here; in a room, Foobot’s name comes first' },
    { name: 'Tab', value: 'completes commands, rooms and these' },
    { name: '/rooms', value: 'lists your rooms' },
    { name: '/room NAME', value: 'goes to another room' },
    { name: '/more', value: 'shows what was said here before, a page at a time' },
    {
      name: '/sign on|off',
      value: 'signs what you type, where that is owed; what you paste and anything else is shown first, and asked',
    },
    { name: 'a paste', value: 'waits in the line, on one line, until you press Enter' },
    { name: 'lines behind │', value: 'are what others say; this terminal’s own words have no mark' },
    { name: '/quit', value: 'leaves, as Ctrl-D does' },
  ],
}
