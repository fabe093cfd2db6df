import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { auditLog } from '#core/log/audit.ts'
import { openNote } from '#core/log/checkpoint.ts'
import { openEntry } from '#core/log/entry.ts'
import { holdsHead } from '#core/log/proofs.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { guarded, UsageError } from './failure.ts'
import { entriesOf, type LogOwner, openLog, ownerOf, treeOf } from './log-folder.ts'
import { gatherProof } from './log-proof.ts'
import { lineOf, RequestStory, tell } from './log-story.ts'
import { print, printJson } from './tell.ts'
import { line } from './terminal/clean.ts'
import { dataOption } from './where.ts'
import { OrdersWithoutEnd, sentenceOfOrder } from './without-end.ts'

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
        const owner = ownerOf(data, key)
        const { read, head } = openLog(data, owner)
        const kept = checkpoint === undefined ? undefined : keptHead(checkpoint, owner)
        const orders = new OrdersWithoutEnd()
        // What the administrators signed stood in the log then: a log that does not hold it is another one.
        const mustExtend = [kept, owner.begun].flatMap((one) => one ?? [])
        auditLog(read, head, mustExtend, (bytes, index) => orders.read(tell({ index, bytes, ...openEntry(bytes) })))
        const overdue = orders.overdue(Math.floor(Date.now() / 1000))
        const root = Buffer.from(head.root).toString('hex')
        const extended = kept ? `, and extends the ${kept.size} of the checkpoint` : ''
        const whole = `The log of ${head.size} leaves is whole${extended}. Its root is ${root}.`
        if (json) printJson({ size: head.size, root, ...(kept && { extends: kept.size }), withoutEnd: overdue })
        else print(whole, ...overdue.map(sentenceOfOrder))
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
        for (const entry of entriesOf(openLog(data, ownerOf(data, key)))) {
          const told = tell(entry)
          const lines = story.linesOf(told)
          if (!lines) continue
          found++
          if (json) printJson(told)
          else print(...lines)
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
        const proof = gatherProof(openLog(data, ownerOf(data, key)), data, asPrefix(code))
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

/** A signed note, or the last checkpoint in a runner's claims file, where it stands behind the line's check. */
const keptHead = (file: string, { origin, key }: LogOwner): TreeHead => {
  const text = readFileSync(file, 'utf8')
  if (text.includes('\n\n')) return openNote(text, origin, key)
  const record = text.split('\n').findLast((line) => line.includes(' {"checkpoint":'))
  if (record === undefined) throw new FoobotError('note-malformed', `${file} holds no checkpoint`)
  return openNote(claimed.parse(JSON.parse(record.slice(record.indexOf(' ')))).checkpoint, origin, key)
}

const claimed = z.strictObject({ checkpoint: z.string() })
