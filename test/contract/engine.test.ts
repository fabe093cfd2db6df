import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logOrigin } from '#core/log/checkpoint.ts'
import { emptyRoot } from '#core/log/hash.ts'
import { makeNote } from '#core/log/make-note.ts'
import { policyOf } from '#core/policy/decide.ts'
import { checkPapers } from '#core/warrant/verify.ts'
import {
  type Bench,
  bundleOf,
  definition,
  logKey,
  makeBench,
  type Runner,
  resource,
  statementOf,
  until,
} from './engine.harness.ts'

let bench: Bench
let runner: Runner
beforeEach(async () => {
  bench = await makeBench()
  runner = await bench.link()
})
afterEach(() => bench.close())

const texts = (of: Bench = bench): string[] =>
  of.replies.flatMap(({ reply }) => [
    ...(reply.text === '' ? [] : [reply.text]),
    ...reply.blocks.flatMap((block) => ('text' in block ? [block.text] : [])),
  ])
const states = (of: Bench = bench): string[] => of.progress.map(({ progress }) => progress.state)
const first = (): Runner['orders'][number] => {
  const [order] = runner.orders
  if (!order) throw new Error('no order came')
  return order
}

describe('from a message to a receipt', () => {
  it('sends an order whose papers hold, and answers when the receipt is in the log', async () => {
    await bench.say('Foobot commit -am bug fixed')
    const order = first()
    const checked = checkPapers(
      {
        warrant: Buffer.from(order.warrant, 'base64'),
        index: order.index,
        path: order.path.map((hash) => Buffer.from(hash, 'hex')),
        checkpoint: order.checkpoint,
        consistency: order.consistency.map((hash) => Buffer.from(hash, 'hex')),
      },
      {
        me: { deployment: 'acme', runner: 'delivery' },
        now: Math.floor(bench.now / 1000),
        bundle: bench.way.rules.bundle,
        policy: policyOf(bench.way.rules.bundle),
        keyChanges: bench.way.keyChanges,
        last: { size: 0, root: emptyRoot },
        loaded: (command) => {
          const manifest = bench.way.rules.entryOf(command)?.listed?.manifest
          return manifest && { definition, manifest }
        },
        inspect: () => Promise.resolve(resource),
      },
    )
    expect(checked.statement).toMatchObject({
      command: 'commit',
      text: 'commit -am bug fixed',
      requester: 'jhand',
      resource,
    })
    expect(states()).toEqual(['running'])
    runner.claim(order)
    runner.say(order, '[master 0ccf539] bug fixed')
    runner.receipt(order, 'done')
    await until(() => states().includes('done'), 'done')
    expect(texts()).toEqual(['[master 0ccf539] bug fixed'])
    expect(bench.replies[0]?.reply).toMatchObject({
      from: 'delivery',
      footer: { code: statementOf(order).code, tier: 'member' },
    })
    expect(runner.recorded).toEqual([statementOf(order).digest])
    expect(bench.way.live.size).toBe(0)
  })

  it('answers with the footer alone where a handler says nothing', async () => {
    await bench.say('Foobot commit -am x')
    runner.receipt(first(), 'done')
    await until(() => states().includes('done'), 'done')
    expect(bench.replies).toHaveLength(1)
    expect(bench.replies[0]?.reply).toMatchObject({ text: '', blocks: [], footer: { command: 'commit -am x' } })
  })

  it('hears nothing that is not for it, at no cost', async () => {
    await bench.say('the Foobot thing')
    await bench.say('Foobots commit -am x')
    expect(runner.orders).toEqual([])
    expect(bench.replies).toEqual([])
  })

  it.each([
    { why: 'a program said it, or it was edited', more: { fresh: false } },
    { why: 'it is old', more: { at: 1 } },
  ])('forgets a message where $why', async ({ more }) => {
    await bench.say('Foobot commit -am x', more)
    expect(runner.orders).toEqual([])
  })

  it('makes one request of one message, however often it is delivered', async () => {
    const again = { id: 'same' }
    await Promise.all([bench.say('Foobot commit -am x', again), bench.say('Foobot commit -am x', again)])
    await bench.say('Foobot commit -am x', again)
    expect(runner.orders).toHaveLength(1)
    runner.say(first(), 'made')
    runner.receipt(first(), 'done')
    await until(() => states().includes('done'), 'done')
    await bench.say('Foobot commit -am x', again)
    expect(runner.orders).toHaveLength(1)
    expect(texts()).toEqual(['made', 'made'])
  })

  it('joins the same words while they run, and not after', async () => {
    await bench.say('Foobot commit -am x')
    await bench.say('Foobot commit  -am "x"')
    expect(runner.orders).toHaveLength(1)
    expect(texts()[0]).toMatch(/^That is running already, since /)
    runner.receipt(first(), 'done')
    await until(() => states().filter((state) => state === 'done').length === 2, 'both are told')
    await bench.say('Foobot commit -am x')
    expect(runner.orders).toHaveLength(2)
  })
})

describe('what is refused', () => {
  it('tells unknown, forbidden and misplaced apart nowhere', async () => {
    await bench.say('Foobot push', { account: 'fiona' })
    await bench.say('Foobot flush', { account: 'fiona' })
    await bench.say('Foobot push', { account: 'nobody' })
    const [one, two, three] = bench.replies.map(({ reply }) => reply.text)
    expect(one).toContain('I do not know that command, or it is not yours here.')
    expect(two).toBe(one)
    expect(three).toBe(one)
    expect(states()).toEqual(['refused', 'refused', 'refused'])
    expect(runner.orders).toEqual([])
  })

  it('never runs a near miss, and names it to who may run it', async () => {
    await bench.say('Foobot psuh')
    expect(texts()[0]).toContain('Did you mean "push"?')
    expect(runner.orders).toEqual([])
  })

  it('fails where the runner is away, cannot look, or declares another command', async () => {
    runner.leave()
    await bench.say('Foobot commit -am x')
    expect(texts()[0]).toMatch(/^I cannot reach delivery \(away since \d\d:\d\d\)\.$/)
    runner = await bench.link()
    runner.inspects = () => 'There is no such copy.'
    await bench.say('Foobot commit -am y')
    expect(texts()[1]).toBe('There is no such copy.')
    runner.leave()
    runner = await bench.link({ commands: [] })
    await bench.say('Foobot commit -am z')
    expect(texts()[2]).toContain('foobot apply')
    expect(states()).toEqual(['failed', 'failed', 'failed'])
  })

  it('runs nothing where the log cannot be written', async () => {
    await bench.storage.close()
    await bench.say('Foobot commit -am x')
    expect(runner.orders).toEqual([])
    expect(texts()[0]).toContain('nothing was run')
    bench = await makeBench()
  })

  it.each(['a throw', 'a wrong shape'])('denies where deciding gives %s', async (how) => {
    const broken =
      how === 'a throw'
        ? () => {
            throw new Error('broken')
          }
        : () => ({ outcome: 'yes' }) as never
    bench.way.rules = { ...bench.way.rules, policy: { ...bench.way.rules.policy, decide: broken } }
    await bench.say('Foobot commit -am x')
    expect(runner.orders).toEqual([])
    expect(states()).toEqual(['refused'])
  })
})

describe('a question', () => {
  it('is asked, and the next words of that account here are its answer', async () => {
    await bench.say('Foobot wish')
    expect(texts()).toEqual(['Tell me more.'])
    expect(states()).toEqual(['asking'])
    await bench.say('fonts please', { account: 'fiona' })
    expect(runner.orders).toEqual([])
    await bench.say('EpicGames custom fonts')
    expect(statementOf(first()).statement.text).toBe('wish EpicGames custom fonts')
  })

  it('is followed by who answers it, as by who asked', async () => {
    await bench.say('Foobot wish')
    const [asked] = bench.progress.map(({ id }) => id)
    bench.progress.length = 0
    await bench.say('EpicGames custom fonts')
    const followed = bench.progress.map(({ id, progress }) => [id === asked, progress.state])
    expect(followed).toEqual([
      [true, 'running'],
      [false, 'running'],
    ])
  })

  it('outlives a restart, and not its two minutes', async () => {
    await bench.say('Foobot wish')
    bench = await bench.restart()
    runner = await bench.link()
    await bench.say('EpicGames custom fonts')
    expect(runner.orders).toHaveLength(1)
    await bench.say('Foobot wish')
    bench.now += 2 * 60_000 + 1
    await bench.engine.tick()
    expect(states()).toContain('expired')
    await bench.say('EpicGames other fonts')
    expect(runner.orders).toHaveLength(1)
  })
})

describe('when server and runner meet again', () => {
  let warrant: string
  const dispatched = async (): Promise<string> => {
    await bench.say('Foobot commit -am x')
    const { statement } = statementOf(first())
    warrant = first().warrant
    bench = await bench.restart()
    return statement.id
  }

  it('is interrupted where the store is another', async () => {
    await dispatched()
    await bench.storage.storeIds.reset('delivery')
    await bench.link({ store: 'b'.repeat(32) })
    expect(states()).toEqual(['interrupted'])
    expect(texts()[0]).toBe('This may or may not have happened: look at devs before you say it again.')
  })

  it('sends the same warrant again where nothing is known and it lives', async () => {
    await dispatched()
    const again = await bench.link()
    expect(again.orders.map((order) => order.warrant)).toEqual([warrant])
  })

  it('expires what is known to nobody and outlived', async () => {
    await dispatched()
    bench.now += 301_000
    const again = await bench.link()
    expect(again.orders).toEqual([])
    expect(states()).toEqual(['expired'])
  })

  it('states it anew where another bundle is in force, under the same id', async () => {
    const id = await dispatched()
    await bench.engine.activate(bundleOf(2))
    const again = await bench.link()
    expect(again.orders).toHaveLength(1)
    const [order] = again.orders
    if (!order) throw new Error('none')
    expect(statementOf(order).statement).toMatchObject({ id, bundle: 2 })
  })

  it.each(['alive', 'receipt'] as const)('goes on with a claim that is %s', async (state) => {
    const id = await dispatched()
    const again = await bench.link({ claims: [{ request: id, state }] })
    expect(again.orders).toEqual([])
    expect(states()).toEqual([])
    expect(bench.way.live.size).toBe(1)
  })

  it('is interrupted where there is a claim and nothing else', async () => {
    const id = await dispatched()
    await bench.link({ claims: [{ request: id, state: 'neither' }] })
    expect(states()).toEqual(['interrupted'])
  })

  it('admits no other store until an administrator resets it', async () => {
    runner.leave()
    await expect(bench.link({ store: 'b'.repeat(32) })).rejects.toThrow('foobot runner reset')
  })
})

describe('while it runs', () => {
  it('sends what a holder kept back when that ends', async () => {
    await bench.say('Foobot push')
    await bench.say('Foobot push', { conversation: { platform: 'native', tenant: 'acme', room: 'everyone' } })
    expect(runner.orders).toHaveLength(1)
    expect(texts()[0]).toMatch(/^devs is held by jhand's "push" \([0-9A-F]{4}-[0-9A-F]{4}\)/)
  })

  it('waits for a runner that went away after it was recorded, and says so once', async () => {
    runner.inspects = () => {
      setImmediate(() => runner.leave())
      return resource
    }
    await bench.say('Foobot commit -am x')
    await until(() => texts().length > 0 || runner.orders.length > 0, 'an answer')
    if (runner.orders.length > 0) return
    expect(texts()[0]).toMatch(/It runs when delivery is back/)
    const again = await bench.link()
    expect(again.orders).toHaveLength(1)
  })

  it('cancels at the runner, and tells who asked', async () => {
    await bench.say('Foobot push')
    const { code, statement } = statementOf(first())
    await bench.say(`Foobot cancel ${code}`)
    expect(runner.cancels).toEqual([statement.id])
    runner.receipt(first(), 'cancelled')
    await until(() => states().includes('cancelled'), 'cancelled')
    expect(texts().at(-1)).toBe('Cancelled: nothing more is done.')
  })

  it('takes receipts of nobody but their runner', async () => {
    await bench.say('Foobot push')
    const forged = { ...runner.connection, runner: 'business' }
    const order = first()
    runner.receipt(order, 'done')
    await until(() => states().includes('done'), 'done')
    bench.engine.runnerEars.heard(forged, {
      type: 'say',
      request: statementOf(order).statement.id,
      blocks: [],
      final: true,
    })
    expect(texts()).toEqual([])
  })

  it('fails with the step’s sentence where the runner refuses', async () => {
    await bench.say('Foobot push')
    runner.receipt(first(), 'refused', { step: 'definition', say: 'It is defined otherwise here.' })
    await until(() => states().includes('failed'), 'failed')
    expect(texts()).toEqual(['delivery refused: It is defined otherwise here.'])
  })

  it('is stated anew where the runner holds another bundle by now', async () => {
    await bench.say('Foobot push')
    const { id } = statementOf(first()).statement
    bench.way.rules = (await import('#engine/rules.ts')).rulesOf(bundleOf(2))
    runner.receipt(first(), 'refused', { step: 'bundle', say: 'Bundle 2 is in force here.' })
    await until(() => runner.orders.length === 2, 'another order')
    const second = runner.orders[1]
    if (!second) throw new Error('none')
    expect(statementOf(second).statement).toMatchObject({ id, bundle: 2 })
  })

  it('raises an alarm and hangs up on a runner with another log', async () => {
    await bench.say('Foobot push')
    bench.engine.runnerEars.heard(runner.connection, {
      type: 'checkpoint',
      checkpoint: makeNote(logOrigin('acme'), 1, Buffer.alloc(32, 7), logKey),
      fork: true,
    })
    await until(() => runner.closed !== undefined, 'the link is cut')
    expect(runner.closed).toContain('not the one that you have seen')
  })
})

describe("Foobot's own commands", () => {
  it('help lists what one may say, and nothing else', async () => {
    await bench.say('Foobot help', { account: 'fiona' })
    expect(texts()[0]).toContain('ping')
    expect(texts()[0]).not.toMatch(/^ *(push|commit|upgrade)/m)
  })

  it('greets with things to say', async () => {
    await bench.say('Foobot')
    expect(bench.replies[0]?.reply).toMatchObject({
      text: 'Hello, jhand. Try one of these:',
      blocks: [{ type: 'choice' }],
    })
  })

  it('lists what runs, and says who one is', async () => {
    await bench.say('Foobot push')
    await bench.say('Foobot requests')
    expect(bench.replies[0]?.reply.blocks[0]).toMatchObject({
      type: 'table',
      rows: [[expect.any(String), 'jhand', 'push', 'running', expect.any(String), '']],
    })
    await bench.say('Foobot whoami')
    expect(texts().at(-1)).toContain('in Devs')
  })
})
