import type { Command } from 'commander'
import { clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'
import type { ConsentOptions } from './give-consent.ts'

/** `foobot sign`: one's own command, looked at and signed. */
export const addSign = (program: Command): void => {
  clientOptions(program.command('sign'))
    .summary('look at what you asked yourself, and sign it')
    .description(
      'Shows your own command that waits, asks for the four digits below it, and signs it with your own key.',
    )
    .argument('<code>', 'its code')
    .option('--expect <text>', 'the command that it must be, letter for letter; else nothing is signed')
    .option('--yes', 'do not ask; only with --expect')
    .option(
      '--desk [url]',
      'print a link to sign with a passkey there; without url, at the desk of the data folder’s bundle',
    )
    .addHelpText('after', help)
    .action(
      guarded(async (code: string, options: ConsentOptions) => {
        const { giveConsent } = await import('./give-consent.ts')
        return giveConsent(code, 'requester', options)
      }),
    )
}

const help = `
Exit codes: 0 signed and taken, 2 bad usage, 4 not signed or not taken, 6 the
server cannot be reached.

Examples:
  foobot sign 7F3A-92C1 --as steve
  foobot sign 7F3A-92C1 --as dora --desk
  foobot sign 7F3A-92C1 --as dora --key ~/.ssh/id_ed25519_sk`
