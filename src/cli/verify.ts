import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import { readConfigFile } from '#config/config-file.ts'
import { deployment, lowest, root } from '#config/fields.ts'
import { FoobotError } from '#core/errors.ts'
import { display } from '#core/statement/display.ts'
import { guarded } from './failure.ts'
import { olderProof, type ProofFile, proofFile } from './proof-file.ts'
import { print, printJson } from './tell.ts'
import { type Verdict, verifyProof } from './verify-proof.ts'

/** What a server's and a runner's own configuration hold too, so that either file will do. */
export const trustFile = z.object({ deployment, root, lowest })

/** `foobot verify FILE --root KEYS`: check for oneself what a runner checked. */
export const addVerify = (program: Command): void => {
  program
    .command('verify')
    .argument('<file>', 'a proof, as "foobot log proof" writes it')
    .requiredOption(
      '--root <keys>',
      'a YAML file with deployment and root: the administrators’ keys, and how many must sign',
    )
    .option('--json', 'print one JSON object')
    .summary('check the proof of one command, as its runner did')
    .description('Checks the proof of one command as its runner did, trusting the administrators’ keys alone.')
    .addHelpText(
      'after',
      `
A runner.yaml or server.yaml that you trust will do as --root, too.

Examples:
  foobot verify proof.json --root root.yaml
  foobot verify proof.json --root data/runners/delivery/runner.yaml --json`,
    )
    .action(
      guarded(async (file: string, options: { readonly root: string; readonly json?: true }) => {
        const verdict = await verifyProof(readProof(file), readConfigFile(options.root, trustFile))
        if (options.json) printJson(told(verdict))
        else print(...linesOf(verdict))
        return undefined
      }),
    )
}

const readProof = (file: string): ProofFile => {
  const found = parsed(file)
  if (olderProof.safeParse(found).success) throw new FoobotError('older-format', `${file} is a proof of version 1`)
  const read = proofFile.safeParse(found)
  if (read.success) return read.data
  const [issue] = read.error.issues
  return refuse(file, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`)
}

const parsed = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return refuse(file, error instanceof Error ? error.message : String(error))
  }
}

const refuse = (file: string, why: string): never => {
  const detail = `${file} is no proof file: ${why}`
  throw new FoobotError('proof-refused', detail, `${detail}. Take it again with "foobot log proof".`)
}

const linesOf = ({ case: { statement }, receipt, checked, unchecked }: Verdict): string[] => [
  ...display(statement).trimEnd().split('\n'),
  '',
  receipt
    ? `The runner's receipt says: ${receipt.outcome}, ${receipt.outputBytes} bytes of output, SHA-256 ${receipt.outputSha256}.`
    : 'There is no receipt: whether it was done is not proven.',
  `Checked: ${checked.join(', ')}.`,
  `Not checked, since no paper shows it: ${unchecked.join(', ')}.`,
]

const told = ({ case: { statement, digest }, ...verdict }: Verdict) => ({ statement, digest, ...verdict })
