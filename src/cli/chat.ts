import type { Command } from 'commander'
import { type ClientOptions, clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'

export type ChatOptions = ClientOptions & { readonly room?: string; readonly sign?: true }

/** `foobot chat`: a room, live, in the terminal. */
export const addChat = (program: Command): void => {
  clientOptions(program.command('chat'))
    .summary('talk in a room, live')
    .description('Opens a room in the terminal: what was said, what is said, and what Foobot does.')
    .option('--room <room>', 'which room; without, you and Foobot alone')
    .option('--sign', 'sign what you say, where it is owed')
    .addHelpText(
      'after',
      '\nExamples:\n  foobot chat --as jhand --room devs\n  foobot chat --as jhand --room ops --sign --key ~/.ssh/id_ed25519\n\nIn the room, /help lists what the terminal itself understands.',
    )
    .action(
      guarded(async (options: ChatOptions) => {
        const { chat } = await import('./chat/chat.ts')
        return chat(options)
      }),
    )
}
