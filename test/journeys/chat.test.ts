import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it } from 'vitest'
import { type Company, startCompany } from './company.ts'
import { play } from './play/player.ts'
import { readScript } from './play/script.ts'

const folder = import.meta.dirname

/** Each conversation in a company of its own, with real processes and real keys. */
describe('conversations', () => {
  let company: Company | undefined
  afterEach(() => company?.stop())

  it.each(readdirSync(folder).filter((file) => file.endsWith('.chat')))('%s', async (file) => {
    const steps = readScript(readFileSync(join(folder, file), 'utf8'), file)
    company = await startCompany()
    await play(company, file, steps)
  })
})
