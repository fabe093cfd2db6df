import type { Command } from 'commander'
import { clientOptions } from './client-options.ts'
import { guarded } from './failure.ts'
import type { AddOptions } from './key/add.ts'
import type { ListOptions } from './key/list.ts'
import type { RemoveOptions } from './key/remove.ts'
import type { VouchOptions } from './key/vouch.ts'

/** `foobot key`: the keys that people sign with, changed between two bundles. */
export const addKey = (program: Command): void => {
  const key = program
    .command('key')
    .summary('add, remove and list the keys that people sign with')
    .description('Your keys: adds one, removes one for good, vouches for a colleague who has lost theirs.')
    .addHelpText('after', '\nExamples:\n  foobot key list --as jhand\n  foobot key add --as jhand')

  clientOptions(key.command('add'))
    .summary('add a key of yours: a passkey, or an SSH key')
    .description(
      'Adds a key of yours, signed by one that the company lists for you. It counts at once, is worth no more than the key that signs for it, and ends after 30 days unless an administrator lists it.',
    )
    .option('--new-key <file>', 'an SSH key to add; without, a link to make a passkey at the desk')
    .option('--desk <url>', 'the desk, as your company gives it to you; without, the one in the data folder’s bundle')
    .option('--lost', 'you have no key left: make the new one for two colleagues to vouch for')
    .option('--deployment <name>', 'with --lost: the company’s deployment; without, the data folder’s')
    .option('--out <file>', 'write the signed change here, too')
    .addHelpText('after', addHelp)
    .action(
      guarded(async (options: AddOptions) => {
        const { addKeyOf, addLostKeyOf } = await import('./key/add.ts')
        return options.lost ? addLostKeyOf(options) : addKeyOf(options)
      }),
    )

  clientOptions(key.command('remove'))
    .summary('remove a key for good')
    .description(
      'Removes a key of yours, at once and for good, with all keys that it added. A stolen key, a lost laptop, a phone that you sell.',
    )
    .argument('<key>', 'the beginning of its id, as "foobot key list" shows it; its .pub file; or the key itself')
    .option('--of <person>', 'a colleague’s key: you vouch, and one more of the group People does')
    .option('--yes', 'do not ask')
    .option('--out <file>', 'write the signed change here, too: for "foobot runner accept", past the server')
    .option('--deployment <name>', 'with --out where the server cannot be reached; without, the data folder’s')
    .addHelpText('after', removeHelp)
    .action(
      guarded(async (wanted: string, options: RemoveOptions) => {
        const { removeKeyOf } = await import('./key/remove.ts')
        return removeKeyOf(wanted, options)
      }),
    )

  clientOptions(key.command('vouch'))
    .summary('vouch for a colleague’s new key, or for the removal of an old one')
    .description(
      'For people of the group People: signs what a colleague who has lost their key hands you. Two of you do; a new key then counts 24 hours later, for commands up to sensitive.',
    )
    .argument('<file>', 'what your colleague gave you, or what the first of you has signed')
    .addHelpText('after', vouchHelp)
    .action(
      guarded(async (file: string, options: VouchOptions) => {
        const { vouch } = await import('./key/vouch.ts')
        return vouch(file, options)
      }),
    )

  clientOptions(key.command('list'))
    .summary('show your keys, and what they are worth')
    .description('Shows your keys: what each is worth, since when, until when, and who added it.')
    .option('--of <person>', 'a colleague’s, if you are in the group People')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  foobot key list --as jhand\n  foobot key list --as mansel --of jhand --json')
    .action(
      guarded(async (options: ListOptions) => {
        const { listKeysOf } = await import('./key/list.ts')
        return listKeysOf(options)
      }),
    )
}

const codes = '\nExit codes: 0 taken, 2 bad usage, 4 not signed or not taken, 6 the server cannot\nbe reached.\n'

const addHelp = `${codes}
Examples:
  foobot key add --as jhand
  foobot key add --as jhand --desk https://desk.acme.example
  foobot key add --as jhand --new-key ~/.ssh/id_ed25519_sk.pub
  foobot key add --as jhand --lost --deployment acme --desk https://desk.acme.example`

const removeHelp = `${codes}
Examples:
  foobot key remove 3f2a91bc --as jhand
  foobot key remove ~/.ssh/id_old.pub --as jhand --out removed-key.json
  foobot key remove 3f2a91bc --of steve --as mansel`

const vouchHelp = `${codes}
Examples:
  foobot key vouch key-of-jhand.json --as mansel
  foobot key vouch key-of-jhand.json --as bianca`
