import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { writing } from '#disk/write-error.ts'
import { type Handed, type InboxAnswer, inboxAnswer, inboxFolder } from '#wire/inbox.ts'

/** Milliseconds between two looks for the answer. */
const pause = 50

/**
 * Puts a bundle or a key change into a runner's inbox, and waits for what it says.
 * @param folder the runner's own
 * @param patience milliseconds
 * @returns undefined where no runner answers: what was handed over stays, and is taken when it starts
 */
export const handOver = async (folder: string, what: Handed, patience: number): Promise<InboxAnswer | undefined> => {
  const place = join(folder, inboxFolder)
  writing(place, () => mkdirSync(place, { recursive: true, mode: 0o700 }))
  const name = randomBytes(16).toString('hex')
  const draft = join(place, `${name}.draft`)
  // Readable for the runner's own user, whoever hands it over; there is no secret in it.
  writeFileSync(draft, JSON.stringify(what), { mode: 0o644, flush: true })
  renameSync(draft, join(place, `${name}.json`))
  const answer = join(place, `${name}.answer`)
  for (const end = Date.now() + patience; Date.now() < end; await after(pause)) {
    if (!existsSync(answer)) continue
    const said = inboxAnswer.parse(JSON.parse(readFileSync(answer, 'utf8')))
    rmSync(answer)
    return said
  }
  return undefined
}
