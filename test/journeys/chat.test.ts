import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, it } from 'vitest'
import { type Company, startCompany } from './company.ts'
import { openingOf } from './play/opening.ts'
import { play } from './play/player.ts'
import { readScript, type Step } from './play/script.ts'

const folder = import.meta.dirname

/** Ten minutes of work take a third of a second. */
const speed = 2000
/** Milliseconds for one conversation: on a busy machine several companies take their time. */
const patience = 300_000

const conversations = readdirSync(folder)
  .filter((file) => file.endsWith('.chat'))
  .map((file) => {
    const steps = readScript(readFileSync(join(folder, file), 'utf8'), file)
    return { file, steps, ...openingOf(steps) }
  })

/** What it does to its company is felt by whoever comes after. */
const isLoud = (steps: readonly Step[]): boolean => steps.some(({ type }) => type === 'restart' || type === 'rules')

/** Those that make systems fail come last: the others find everything as it is in a new company. */
const failing = (steps: readonly Step[]): number => Number(steps.some(({ type }) => type === 'faults'))

/** Conversations as their files say, with real processes and real keys. */
describe('conversations in one company', () => {
  const quiet = conversations.filter(({ steps }) => !isLoud(steps)).sort((a, b) => failing(a.steps) - failing(b.steps))
  const prepare = (data: string): void => {
    for (const conversation of quiet) conversation.prepare(data)
  }
  let shared: Promise<Company> | undefined
  afterAll(async () => (await shared?.catch(() => undefined))?.stop())

  it.each(quiet)(
    '$file',
    async ({ file, rest }) => {
      shared ??= startCompany({ speed, prepare })
      await play(await shared, file, rest)
    },
    patience,
  )
})

describe('conversations that kill a server or change rules, each in a company of its own', () => {
  it.concurrent.each(conversations.filter(({ steps }) => isLoud(steps)))(
    '$file',
    async ({ file, prepare, rest }) => {
      const company = await startCompany({ speed, prepare })
      try {
        await play(company, file, rest)
      } finally {
        await company.stop()
      }
    },
    patience,
  )
})
