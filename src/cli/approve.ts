import type { Command } from 'commander'
import { clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'
import type { ConsentOptions } from './give-consent.ts'

/** `foobot approve`: somebody else's command, looked at and signed for a group. */
export const addApprove = (program: Command): void => {
  clientOptions(program.command('approve'))
    .summary('look at what somebody else asks, and approve it')
    .description(
      'Shows the exact command that waits, asks for the four digits below it, and signs your approval with your own key.',
    )
    .argument('<which>', 'its code or its word')
    .option('--expect <text>', 'the command that it must be, letter for letter; else nothing is signed')
    .option('--yes', 'do not ask; only with --expect')
    .option(
      '--desk [url]',
      'print a link to sign with a passkey there; without url, at the desk of the data folder’s bundle',
    )
    .addHelpText('after', help)
    .action(
      guarded(async (which: string, options: ConsentOptions) => {
        const { giveConsent } = await import('./give-consent.ts')
        return giveConsent(which, 'approver', options)
      }),
    )
}

const help = `
Exit codes: 0 signed and taken, 2 bad usage, 4 not signed or not taken, 6 the
server cannot be reached.

Examples:
  foobot approve slick --as bianca
  foobot approve 7F3A-92C1 --as bianca --desk https://desk.acme.example
  foobot approve 7F3A-92C1 --as bianca --expect 'rebuild svr-1827 role=web' --yes`
