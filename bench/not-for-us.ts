import { makeEngine } from '../src/engine/engine.ts'
import type { Message } from '../src/engine/platform.ts'
import { receive } from '../src/engine/receive.ts'
import { openStorage } from '../src/storage/open.ts'
import { bundleOf, logKey, people } from './company.ts'
import { measure, use } from './measure.ts'
import { figures, growth, named, question, rate, remark } from './table.ts'
import { deafPlatform, makeWay, messageOf, temporaryFolder } from './way.ts'

question('What does a message cost that is not for us?')

const said = [
  'good morning all',
  'did the build go through? it was red when I left',
  'ok',
  'system-0 add is what I would say, but not to Foobot',
  'Football tonight?',
  `the trace is long: ${'at step (file.ts:12) '.repeat(30)}`,
]
const messages: readonly Message[] = Array.from({ length: 1024 }, (_, i) =>
  messageOf(people[i % people.length] ?? '', `m${i}`, said[i % said.length] ?? ''),
)
const messageAt = (i: number): Message => messages[i % messages.length] as Message

const storage = await openStorage(temporaryFolder(), (error) => {
  throw error
})
const accounts = new Map(people.map((id) => [id, id]))
const floor = 'floor: a Map look-up and startsWith'
const counts = [10, 1000, 10_000]
const cases = [
  {
    name: floor,
    run: (times: number) => {
      for (let i = 0; i < times; i += 1) {
        const { account, text } = messageAt(i)
        use(accounts.has(account.id) && text.startsWith('Foobot'))
      }
    },
  },
]
for (const commands of counts) {
  const way = await makeWay({ bundle: bundleOf(commands), storage, platform: deafPlatform, logKey })
  const engine = makeEngine(way)
  cases.push(
    {
      name: `receive, ${commands} commands`,
      run: (times) => {
        for (let i = 0; i < times; i += 1) use(receive(way, messageAt(i)))
      },
    },
    {
      name: `the whole door, ${commands} commands`,
      run: async (times) => {
        for (let i = 0; i < times; i += 1) await engine.receive(messageAt(i))
      },
    },
  )
}

const all = await measure(cases)
figures(all, named(all, floor))
const door = named(all, 'the whole door, 10000 commands')
remark('')
growth('receive, from 10 to 10,000 commands', named(all, 'receive, 10 commands'), named(all, 'receive, 10000 commands'))
growth('the whole door, from 10 to 10,000 commands', named(all, 'the whole door, 10 commands'), door)
remark(`The door lets ${rate(door.median)} pass on one core.`)
await storage.close()
