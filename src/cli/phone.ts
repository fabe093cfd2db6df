import type { Command } from 'commander'
import { type ClientOptions, clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'

export type PhoneOptions = ClientOptions & { readonly remove?: string }

/** `foobot phone`: the example company's phone of one person, in a terminal. */
export const addPhone = (program: Command): void => {
  clientOptions(program.command('phone'))
    .summary('hold the phone of somebody in the example company')
    .description(
      'Shows what the phone is woken for, and signs it with the passkey that lies on it, once what stands in the room was typed. It never answers by itself. A phone that was not known before is woken from then on.',
    )
    .option('--remove <name>', 'have a phone woken no more, instead')
    .addHelpText('after', help)
    .action(
      guarded(async (options: PhoneOptions) => {
        const { holdPhone, removePhone } = await import('./phone/hold.ts')
        return options.remove === undefined ? holdPhone(options) : removePhone(options, options.remove)
      }),
    )
}

const help = `
Exit codes: 0 put away with Ctrl-C, 2 bad usage, 4 not taken, 6 the server
cannot be reached.

Examples:
  foobot phone --as steve
  foobot phone --as steve --remove 'old phone'`
