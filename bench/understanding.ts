import { createHash } from 'node:crypto'
import type { Resource } from '../src/core/statement/statement.ts'
import { identify } from '../src/engine/identify.ts'
import { receive } from '../src/engine/receive.ts'
import { rulesOf } from '../src/engine/rules.ts'
import { state } from '../src/engine/state.ts'
import { understand } from '../src/engine/understand.ts'
import type { Way } from '../src/engine/way.ts'
import { openStorage } from '../src/storage/open.ts'
import { bundleOf, lineOf, logKey, people } from './company.ts'
import { type Case, figureOf, measure, use } from './measure.ts'
import { figures, growth, named, question, remark, time } from './table.ts'
import { deafPlatform, makeWay, messageOf, temporaryFolder } from './way.ts'

question('What does it cost to understand a line, up to the bytes and their digest?')

const id = '5'.repeat(32)
const definition = 'd'.repeat(64)
const resource: Resource = { type: 'WorkingCopy', id: 'room', facts: { branch: 'main', remote: 'origin' } }

/** From the message to the statement; what the runner would see of the target is at hand. */
const stated = (way: Way, text: string) => {
  const heard = receive(way, messageOf(people[0] ?? '', 'm1', `Foobot ${text}`))
  const understood = heard && understand(way, identify(way, heard))
  if (understood?.kind !== 'command') throw new Error(`"${text}" is no command`)
  return state(way, { ...understood, id, definition, resource })
}

const misunderstood = (way: Way, text: string) => {
  const heard = receive(way, messageOf(people[0] ?? '', 'm1', `Foobot ${text}`))
  const understood = heard && understand(way, identify(way, heard))
  if (understood?.kind !== 'unknown') throw new Error(`"${text}" is a command`)
  return understood
}

const storage = await openStorage(temporaryFolder(), (error) => {
  throw error
})
const counts = [10, 1000, 10_000]
const cases: Case[] = []
const readied = []
for (const commands of counts) {
  const bundle = bundleOf(commands)
  const took = Array.from({ length: 3 }, () => {
    const start = process.hrtime.bigint()
    use(rulesOf(bundle))
    return Number(process.hrtime.bigint() - start)
  })
  readied.push(`${time(figureOf('', took).median)} for ${commands}`)
  const way = await makeWay({ bundle, storage, platform: deafPlatform, logKey })
  // As many different lines whatever the number of commands, and these as far apart as they lie.
  const lines = Array.from({ length: 1000 }, (_, i) => lineOf((i * 7919) % commands, i))
  const slips = lines.map((line) => line.replace('system', 'sytsem'))
  cases.push(
    {
      name: `a line to its statement, ${commands} commands`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) use(stated(way, lines[i % lines.length] ?? ''))
      },
    },
    {
      name: `a slip to "did you mean", ${commands} commands`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) use(misunderstood(way, slips[i % slips.length] ?? ''))
      },
    },
  )
  if (commands !== 10) continue
  const { statement } = stated(way, lines[0] ?? '')
  cases.push({
    name: 'floor: the same statement as JSON, hashed',
    run: (times) => {
      for (let i = 0; i < times; i += 1) use(createHash('sha256').update(JSON.stringify(statement)).digest('hex'))
    },
  })
}

const all = await measure(cases)
figures(all, named(all, 'floor: the same statement as JSON, hashed'))
remark('')
for (const what of ['a line to its statement', 'a slip to "did you mean"']) {
  growth(
    `${what}, from 10 to 10,000 commands`,
    named(all, `${what}, 10 commands`),
    named(all, `${what}, 10000 commands`),
  )
}
remark(`Making a bundle's rules ready, once for each bundle: ${readied.join(', ')} commands.`)
await storage.close()
