import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeclaredCommand, InspectCall, RunCall } from '#core/command/plugin.ts'
import type { Receipt } from '#core/warrant/receipts.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { bundle, company, definition, facts, now, resource } from '#core/warrant/warrant.fixture.ts'
import type { FromRunner } from '#wire/runner.ts'
import { Claims, digestOfEnvelope } from './claims.ts'
import type { InForce } from './held-bundle.ts'
import type { LoadedCommand } from './load.ts'
import { Orders } from './orders.ts'
import { redactorOf } from './redact.ts'
import { Server } from './server.fixture.ts'

const secret = 'hunter2hunter2'

type Handler = DeclaredCommand['run']

let folder: string
let clock: number
let clockWrong: string | undefined
let claims: Claims
let said: FromRunner[]
let receipts: Receipt[]
let inForce: InForce | undefined
let run: Handler
let inspect: NonNullable<DeclaredCommand['inspect']>
let manifest: Partial<LoadedCommand['manifest']>
let server: Server

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orders-'))
  clock = now * 1000
  clockWrong = undefined
  claims = await Claims.open(folder, now - 100, () => 'ab'.repeat(16))
  said = []
  receipts = []
  inForce = { bundle, policy: facts.policy }
  run = () => 'done it'
  inspect = () => resource
  manifest = {}
  server = new Server()
})

afterEach(async () => {
  await claims.close()
  rmSync(folder, { recursive: true })
})

/** The commands of the fixture's company, declared by their plugin as the bundle lists them. */
const load = (): ReadonlyMap<string, LoadedCommand> =>
  new Map(
    company.commands.map((listed) => {
      Object.assign(listed.manifest, { exclusive: false, cancellable: false, timeLimit: 60 }, manifest)
      const declared = {
        manifest: listed.manifest,
        inspect: (call: InspectCall) => inspect(call),
        run: (call: RunCall) => run(call),
      }
      return [listed.manifest.command, { manifest: listed.manifest, definition, declared, system: 'the system' }]
    }),
  )

const orders = (): Orders =>
  new Orders({
    me: { deployment: 'acme', runner: 'delivery' },
    clock: () => clock,
    clockWrong: () => clockWrong,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    claims,
    held: {
      get inForce() {
        return inForce
      },
    },
    keys: { changes: facts.keyChanges },
    commands: load(),
    redactor: redactorOf([secret]),
    send: (message) => said.push(message),
    keepPaper: () => undefined,
    receipt: async (receipt) => {
      receipts.push(receipt)
    },
  })

const ended = (count = 1): Promise<void> =>
  vi.waitFor(() => expect(receipts).toHaveLength(count), { interval: 5, timeout: 5000 })
const texts = (): string[] =>
  said.flatMap((message) =>
    message.type === 'say' ? message.blocks.map((one) => ('text' in one ? one.text : one.type)) : [],
  )
const deferred = () => Promise.withResolvers<void>()

describe('an order', () => {
  it('is claimed durably, told, carried out, and receipted', async () => {
    const seen: RunCall[] = []
    let claimedFirst: unknown
    run = async (call) => {
      claimedFirst = claims.find(idOf(1))
      seen.push(call)
      call.say('on it')
      return 'done it'
    }
    const { execute, digest } = server.order({ id: idOf(1) })
    orders().take(execute)
    await ended()
    expect(claimedFirst).toMatchObject({ state: 'open' })
    expect(said.map(({ type }) => type)).toEqual(['claimed', 'say', 'say'])
    expect(said[0]).toEqual({ type: 'claimed', request: idOf(1), at: now })
    expect(texts()).toEqual(['on it', 'done it'])
    expect(receipts[0]).toMatchObject({ statement: digest, outcome: 'done', start: now, checkpoint: 1 })
    expect(receipts[0]?.outputBytes).toBeGreaterThan(20)
    expect(seen[0]).toMatchObject({
      args: { message: 'bug (5563) fixed' },
      system: 'the system',
      resource,
      room: 'devs',
      requester: { id: 'jhand' },
      code: `${digest.slice(0, 4)}-${digest.slice(4, 8)}`.toUpperCase(),
    })
  })

  it('given a hundred times at once runs once', async () => {
    let runs = 0
    run = () => {
      runs += 1
      return undefined
    }
    const all = orders()
    const { execute } = server.order({ id: idOf(1) })
    for (let n = 0; n < 100; n++) all.take(execute)
    await ended()
    expect(runs).toBe(1)
    all.take(execute)
    await ended(2)
    expect(receipts[1]?.outcome).toBe('interrupted')
    const envelope = { payloadType: receiptsKind.type, payload: '', signatures: [{ keyid: '', sig: '' }] }
    await claims.keep(envelope, [receipts[0]?.statement ?? ''])
    await claims.recorded([digestOfEnvelope(envelope)])
    all.take(execute)
    await ended(3)
    expect(receipts[2]).toMatchObject({ outcome: 'refused', refusal: { step: 'claim' } })
    expect(runs).toBe(1)
  })

  it('that comes again while it runs is told as claimed, also when it would be refused by now', async () => {
    const working = deferred()
    run = async () => {
      await working.promise
      return 'done it'
    }
    const all = orders()
    const { execute } = server.order({ id: idOf(1) })
    all.take(execute)
    await vi.waitFor(() => expect(said).toHaveLength(1))
    clock += 600_000
    all.take(execute)
    expect(said.map(({ type }) => type)).toEqual(['claimed', 'claimed'])
    working.resolve()
    await ended()
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['done'])
  })

  it('for an id that ran, stated anew, is refused', async () => {
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    await ended()
    all.take(server.order({ id: idOf(1), text: 'commit -am other' }).execute)
    await ended(2)
    expect(receipts[1]).toMatchObject({ outcome: 'refused', refusal: { step: 'claim' } })
  })

  it('of a batch shares one durable write with the others', async () => {
    const all = orders()
    const append = vi.spyOn(claims, 'claim')
    const group = server.group(Array.from({ length: 20 }, (_, n) => ({ id: idOf(n) })))
    for (const { execute } of group) all.take(execute)
    await ended(20)
    expect(append).toHaveBeenCalledTimes(20)
    expect(receipts.every(({ outcome }) => outcome === 'done')).toBe(true)
  })

  it('that was claimed in an earlier life and never ended is told as interrupted, and not run', async () => {
    run = () => new Promise(() => undefined)
    const { execute } = server.order({ id: idOf(1) })
    orders().take(execute)
    await vi.waitFor(() => expect(said).toHaveLength(1))
    await claims.close()
    claims = await Claims.open(folder, now, () => 'cd'.repeat(16))
    let runs = 0
    run = () => {
      runs += 1
      return undefined
    }
    expect(claims.announced(() => false)).toEqual([{ request: idOf(1), state: 'neither' }])
    orders().take(execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('interrupted')
    expect(runs).toBe(0)
  })

  it('that no longer fits the target is refused, and its id stays free', async () => {
    inspect = () => ({ ...resource, facts: { branch: 'other' } })
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]).toMatchObject({ outcome: 'refused', refusal: { step: 'resource' } })
    expect(claims.find(idOf(1))).toBeUndefined()
  })

  it('is refused where the bundle changes or the statement expires while the target is looked at', async () => {
    const looking = deferred()
    inspect = async () => {
      await looking.promise
      return resource
    }
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    inForce = { bundle: { ...bundle, version: 4 }, policy: facts.policy }
    looking.resolve()
    await ended()
    expect(receipts[0]?.refusal?.step).toBe('bundle')
    inForce = { bundle, policy: facts.policy }
    inspect = () => {
      clock += 400_000
      return resource
    }
    all.take(server.order({ id: idOf(2) }).execute)
    await ended(2)
    expect(receipts[1]?.refusal?.step).toBe('time')
  })

  it('cannot be claimed where the claim cannot be written', async () => {
    let runs = 0
    run = () => {
      runs += 1
      return undefined
    }
    vi.spyOn(claims, 'claim').mockImplementation(() => Promise.reject(new Error('disk full')))
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]).toMatchObject({ outcome: 'refused', refusal: { step: 'claim' } })
    expect(runs).toBe(0)
  })

  it('whose proof begins elsewhere is answered with the checkpoint held, and no receipt', async () => {
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    await ended()
    const wrong = server.order({ id: idOf(2) }, 0).execute
    all.take({ ...wrong, consistency: [] })
    expect(said.at(-1)).toMatchObject({
      type: 'checkpoint',
      fork: true,
      checkpoint: expect.stringMatching(/^acme\/log\n1\n/),
    })
    all.take(server.again(1, 1))
    await ended(2)
    expect(receipts[1]?.outcome).toBe('done')
  })

  it('keeps its checkpoint even where something later refuses it', async () => {
    const all = orders()
    all.take(server.order({ id: idOf(1), exp: now - 1, iat: now - 10 }).execute)
    await ended()
    expect(receipts[0]?.refusal?.step).toBe('time')
    expect(claims.head.size).toBe(1)
  })

  it('that is no warrant is refused without a word', () => {
    orders().take({ ...server.order({ id: idOf(1) }).execute, warrant: Buffer.from('{}').toString('base64') })
    expect(receipts).toEqual([])
    expect(said).toEqual([])
  })

  it('from sensitive up is given no room', async () => {
    const seen: RunCall[] = []
    run = (call) => {
      seen.push(call)
      return undefined
    }
    inForce = { bundle, policy: { ...facts.policy, decide: () => ({ outcome: 'allow', because: [] }) } }
    const text = 'upgrade AcmeOps to Pro'
    orders().take(server.order({ id: idOf(1), command: 'upgrade', tier: 'sensitive', text }).execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('done')
    expect(seen[0]).not.toHaveProperty('room')
  })
})

describe('a handler', () => {
  it('that returns nothing is done, without a word', async () => {
    run = () => undefined
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]).toMatchObject({ outcome: 'done', outputBytes: 0 })
    expect(texts()).toEqual([])
  })

  it('that throws fails with its message, rid of secrets', async () => {
    run = () => {
      throw new Error(`cannot log in with ${secret}`)
    }
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('failed')
    expect(texts()).toEqual(['cannot log in with [secret]'])
    expect(said.at(-1)).toMatchObject({ type: 'say', final: true })
  })

  it('that returns what is no block fails', async () => {
    run = () => ({ type: 'text' }) as never
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('failed')
  })

  it('that says half a character is shown', async () => {
    run = () => 'a\ud800'
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(texts()).toEqual(['a\ufffd'])
  })

  it('that takes too long is stopped', async () => {
    manifest = { timeLimit: 1 }
    run = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('failed')
    expect(texts()).toEqual(['It took longer than 1 s and was stopped.'])
  })

  it('that says too much is cut', async () => {
    run = ({ say }) => {
      for (let n = 0; n < 30; n++) say('x'.repeat(100_000))
      return 'end'
    }
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(texts().length).toBeLessThan(13)
    expect(texts().at(-1)).toMatch(/^\[cut/)
  })

  it('shows progress at a pace, and only its last words count', async () => {
    run = async ({ progress }) => {
      for (let n = 0; n < 1000; n++) progress(`${n}`, n / 1000)
      await new Promise((resolve) => setTimeout(resolve, 150))
      return undefined
    }
    orders().take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(texts()).toEqual(['0', '999'])
    expect(receipts[0]?.outputBytes).toBe(0)
  })
})

describe('cancelling', () => {
  it('before the claim is for good, also when the order comes later', async () => {
    let runs = 0
    run = () => {
      runs += 1
      return undefined
    }
    const all = orders()
    all.cancel(idOf(1), 'jhand')
    all.take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]?.outcome).toBe('cancelled')
    expect(runs).toBe(0)
  })

  it('while the target is looked at claims the id as cancelled', async () => {
    const looking = deferred()
    let runs = 0
    run = () => {
      runs += 1
      return undefined
    }
    inspect = async () => {
      await looking.promise
      return resource
    }
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    all.cancel(idOf(1), 'jhand')
    await ended()
    looking.resolve()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['cancelled'])
    expect(claims.find(idOf(1))?.claim.cancelled).toBe(true)
    expect(runs).toBe(0)
  })

  it('after the claim is too late, unless the command can be stopped', async () => {
    const working = deferred()
    run = async () => {
      await working.promise
      return 'done it'
    }
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    await vi.waitFor(() => expect(said).toHaveLength(1))
    all.cancel(idOf(1), 'jhand')
    expect(said.at(-1)).toEqual({ type: 'too-late', request: idOf(1), at: now })
    working.resolve()
    await ended()
    expect(receipts[0]?.outcome).toBe('done')
  })

  it('stops a command that can be stopped', async () => {
    manifest = { cancellable: true }
    run = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    await vi.waitFor(() => expect(said).toHaveLength(1))
    all.cancel(idOf(1), 'jhand')
    await ended()
    expect(receipts[0]?.outcome).toBe('cancelled')
    expect(texts()).toEqual(['Cancelled by jhand.'])
  })
})

describe('an exclusive command', () => {
  it('has its resource for itself, and the next one looks at it after', async () => {
    manifest = { exclusive: true }
    const working = deferred()
    let looks = 0
    let atWork = 0
    let most = 0
    inspect = () => {
      looks += 1
      return resource
    }
    run = async () => {
      atWork += 1
      most = Math.max(most, atWork)
      await working.promise
      atWork -= 1
      return undefined
    }
    const all = orders()
    for (const { execute } of server.group([{ id: idOf(1) }, { id: idOf(2) }, { id: idOf(3) }])) all.take(execute)
    await vi.waitFor(() => expect(atWork).toBe(1))
    expect(looks).toBe(1)
    all.cancel(idOf(2), 'jhand')
    await ended()
    working.resolve()
    await ended(3)
    expect(receipts.map(({ outcome }) => outcome).sort()).toEqual(['cancelled', 'done', 'done'])
    expect([most, looks]).toEqual([1, 2])
  })

  it('waits no longer than its statement lives', async () => {
    manifest = { exclusive: true }
    run = () => new Promise(() => undefined)
    const all = orders()
    const [first, second] = server.group([{ id: idOf(1) }, { id: idOf(2), exp: now + 1 }])
    if (first) all.take(first.execute)
    if (second) all.take(second.execute)
    await ended()
    expect(receipts[0]).toMatchObject({ outcome: 'refused', refusal: { step: 'time' }, statement: second?.digest })
  })
})

describe('the clock', () => {
  it('set back by more than 30 s makes it refuse everything', async () => {
    const all = orders()
    claims.saw(now + 31)
    all.take(server.order({ id: idOf(1) }).execute)
    await ended()
    expect(receipts[0]?.refusal).toMatchObject({ step: 'time', say: expect.stringContaining('My clock went back') })
  })
})

describe('a new claims file', () => {
  it('refuses every statement older than itself', async () => {
    await claims.close()
    rmSync(join(folder, 'claims.jsonl'))
    claims = await Claims.open(folder, now, () => 'cd'.repeat(16))
    const all = orders()
    all.take(server.order({ id: idOf(1), iat: now }).execute)
    await ended()
    expect(receipts[0]).toMatchObject({ outcome: 'refused', refusal: { step: 'claim' } })
    clock += 1000
    all.take(server.order({ id: idOf(2), iat: now + 1, exp: now + 60 }).execute)
    await ended(2)
    expect(receipts[1]?.outcome).toBe('done')
  })
})

describe('a runner that stops', () => {
  it('tells what it interrupted', async () => {
    run = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const all = orders()
    all.take(server.order({ id: idOf(1) }).execute)
    await vi.waitFor(() => expect(said).toHaveLength(1))
    await all.stop()
    await ended()
    expect(receipts[0]?.outcome).toBe('interrupted')
    all.take(server.order({ id: idOf(2) }).execute)
    expect(claims.find(idOf(2))).toBeUndefined()
  })
})

const idOf = (n: number): string => n.toString(16).padStart(32, '0')
