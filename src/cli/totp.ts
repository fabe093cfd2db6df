import type { Command } from 'commander'
import { type ClientOptions, clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'

/** `foobot totp`: one-time codes of an app. */
export const addTotp = (program: Command): void => {
  const totp = program
    .command('totp')
    .summary('set up one-time codes')
    .description('One-time codes of an app, as a second factor where the company takes them.')
    .addHelpText('after', '\nExamples:\n  foobot totp enrol --as steve')
  clientOptions(totp.command('enrol'))
    .summary('take up one-time codes with an app')
    .description(
      'Signs in with your key, shows a new secret once, and takes its first code. What was set up before counts until then.',
    )
    .addHelpText('after', help)
    .action(
      guarded(async (options: ClientOptions) => {
        const { enrolTotp } = await import('./totp/enrol.ts')
        return enrolTotp(options)
      }),
    )
}

const help = `
Exit codes: 0 set up, 2 bad usage, 4 not taken, 6 the server cannot be reached.

Examples:
  foobot totp enrol --as steve`
