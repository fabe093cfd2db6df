import { writeFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import type { Command } from 'commander'
import { FoobotError } from '#core/errors.ts'
import { holdsHead } from '#core/log/proofs.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { guarded, UsageError } from './failure.ts'
import { entriesOf, liesThere, logsOf, openLog, ownerOf, treeOf } from './log-folder.ts'
import { gatherProof } from './log-proof.ts'
import { lineOf, RequestStory, tell } from './log-story.ts'
import { linesOf, toldOf, verifyLogs } from './log-verify.ts'
import { print, printJson } from './tell.ts'
import { line } from './terminal/clean.ts'
import { dataOption } from './where.ts'

type Where = { readonly data: string; readonly key?: string; readonly json?: true }

/** `foobot log verify|show|tail|proof`: read files beside a running server, ask nobody. */
export const addLog = (program: Command): void => {
  const log = program
    .command('log')
    .summary('read and check the log of all that was asked and done')
    .description('The log of all that was asked and done. It is read from files, and may be while the server runs.')
    .addHelpText('after', '\nExamples:\n  foobot log verify\n  foobot log tail\n  foobot log show 7F3A-92C1')
  addVerify(log)
  addShow(log)
  addTail(log)
  addProof(log)
}

const withWhere = (command: Command): Command =>
  command
    .addOption(dataOption())
    .option('--key <key>', 'the log’s key, as "ed25519 …", from elsewhere than the data folder')
    .option('--json', 'print one JSON object a line')

const addVerify = (log: Command): void => {
  withWhere(log.command('verify'))
    .summary('check that no byte of it was changed')
    .description('Builds the tree anew from all leaves, and compares every byte with it and with its signed root.')
    .option('--checkpoint <file>', 'a checkpoint kept elsewhere, or a runner’s claims file, that the log must extend')
    .addHelpText(
      'after',
      '\nExamples:\n  foobot log verify\n  foobot log verify --checkpoint data/runners/delivery/claims.jsonl',
    )
    .action(
      guarded(async ({ data, key, json, checkpoint }: Where & { readonly checkpoint?: string }) => {
        const verified = verifyLogs(data, key, checkpoint)
        if (json) printJson(toldOf(verified))
        else print(...linesOf(verified))
        return undefined
      }),
    )
}

const addShow = (log: Command): void => {
  withWhere(log.command('show'))
    .argument('<code>', 'the request’s code, as 7F3A-92C1')
    .summary('print what happened to one request')
    .description('Prints what happened to one request: what was asked, each yes, the order, and the receipt.')
    .addHelpText('after', '\nExamples:\n  foobot log show 7F3A-92C1\n  foobot log show 7F3A-92C1 --json')
    .action(
      guarded(async (code: string, { data, key, json }: Where) => {
        const story = new RequestStory(asPrefix(code))
        let found = 0
        const logs = logsOf(data, key).filter((log) => liesThere(data, log))
        for (const log of logs.toReversed()) {
          for (const entry of entriesOf(openLog(data, log))) {
            const told = tell(entry)
            const lines = story.linesOf(told)
            if (!lines) continue
            found++
            if (json) printJson(told)
            else print(...lines)
          }
        }
        if (found === 0) throw new FoobotError('log-unknown', `nothing of ${code}`)
        return undefined
      }),
    )
}

const addTail = (log: Command): void => {
  withWhere(log.command('tail'))
    .summary('print the last leaves, and each new one as it comes')
    .description('Prints the last leaves, and each new one as it comes. Ctrl-C ends it.')
    .option('--lines <n>', 'how many of the last ones', '10')
    .addHelpText('after', '\nExamples:\n  foobot log tail --lines 100\n  foobot log tail --json')
    .action(
      guarded(async ({ data, key, json, lines }: Where & { readonly lines: string }) => {
        if (!/^\d{1,9}$/.test(lines)) throw new UsageError('--lines takes a number, as 10.')
        const owner = ownerOf(data, key)
        let seen: TreeHead | undefined
        for (;;) {
          const folder = openLog(data, owner)
          if (seen && !holdsHead(treeOf(folder), seen)) {
            throw new FoobotError('log-forked', `${folder.head.size} leaves do not extend ${seen.size}`)
          }
          const from = seen ? seen.size : Math.max(0, folder.head.size - Number(lines))
          for (const entry of entriesOf(folder, from)) {
            if (json) printJson(tell(entry))
            else print(lineOf(tell(entry)))
          }
          seen = folder.head
          await after(250)
        }
      }),
    )
}

const addProof = (log: Command): void => {
  withWhere(log.command('proof'))
    .argument('<code>', 'the request’s code, as 7F3A-92C1')
    .requiredOption('--out <file>', 'where to write the proof')
    .summary('write the proof of one command to a file')
    .description('Writes all that proves one command to a file: "foobot verify" reads it, on any machine.')
    .addHelpText('after', '\nExamples:\n  foobot log proof 7F3A-92C1 --out proof.json')
    .action(
      guarded(async (code: string, { data, key, json, out }: Where & { readonly out: string }) => {
        const proof = gatherProof(data, logsOf(data, key), asPrefix(code))
        writeFileSync(out, `${JSON.stringify(proof, null, 2)}\n`)
        const told = {
          file: out,
          warrant: proof.warrant.index,
          ...(proof.receipts && { receipts: proof.receipts.index }),
        }
        const receipt = proof.receipts ? `and its receipt, leaf ${proof.receipts.index}` : 'which has no receipt yet'
        if (json) printJson(told)
        else print(line`Wrote ${out}: warrant, leaf ${told.warrant}, ${receipt}.`)
        return undefined
      }),
    )
}

const asPrefix = (code: string): string => {
  if (/^[0-9a-f]{4}-?[0-9a-f]{4,60}$/i.test(code)) return code
  throw new UsageError(`"${code}" is no code: write it as 7F3A-92C1.`)
}
