import type { Command } from 'commander'
import { type ClientOptions, clientOptions } from './client-options.ts'
import { guarded, UsageError } from './failure.ts'

export type SayOptions = ClientOptions & {
  readonly room?: string
  readonly wait?: true
  readonly json?: true
  readonly sign?: true
  readonly expect?: string
}

/** `foobot say`: one line, and what is answered. */
export const addSay = (program: Command): void => {
  clientOptions(program.command('say'))
    .summary('say one thing, and print what is answered')
    .description('Says one thing, prints what is answered, and tells by its exit code what became of it.')
    .argument('<text>', 'what to say; in a room, Foobot’s name first')
    .option('--room <room>', 'where to say it; without, to Foobot alone')
    .option('--wait', 'stay until it has ended, also while somebody is asked')
    .option('--json', 'print one JSON object a line')
    .option('--sign', 'sign what is said, where it is owed')
    .option('--expect <text>', 'with --sign: the command that an approval must be for')
    .addHelpText('after', help)
    .action(
      guarded(async (text: string, options: SayOptions) => {
        if (options.expect !== undefined && !options.sign) {
          throw new UsageError('--expect says what an approval must be for: give --sign with it.')
        }
        const { sayOne } = await import('./say-one.ts')
        return sayOne(text, options)
      }),
    )
}

const help = `
Exit codes: 0 done, 2 bad usage, 3 asking or pending, 4 refused, expired or
cancelled, 5 failed or interrupted, 6 the server cannot be reached. Without
--wait it returns at the first state that is not "running"; "approve" and "auth"
return 0 at the first text of what they set going.

A picture is shown where the terminal can: by kitty's protocol, in sixels, or in
half blocks. It is told in words, and kept as a file.

With --sign it signs what you type, if that is letter for letter what would be
signed; anything else it shows, and asks for four digits that stand below it.

Examples:
  foobot say --as jhand --room devs 'Foobot commit -am "bug (5563) fixed"'
  foobot say --as jhand help
  foobot say --as dora --room ops --sign 'Foobot db migrate prod new-stuff'
  foobot say --as bianca --room ops --sign --expect 'rebuild svr-1827 role=web' 'Foobot approve slick'
  foobot say --as jhand --room devs --json 'Foobot push' | jq .state`
