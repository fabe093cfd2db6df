import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { originOf } from '#client/dial.ts'
import { askOperator } from '#client/operator.ts'
import { readServerConfig } from '#config/server.ts'
import { mostSkew, toSeconds } from '#core/clock.ts'
import type { Check, Finding } from './finding.ts'

/** Milliseconds to wait for an answer. */
const patience = 5_000

const readyAnswer = z.object({
  ok: z.boolean(),
  parts: z.array(z.object({ part: z.string(), ok: z.boolean(), why: z.string().optional() })).default([]),
})

/** Whether the server answers and can do its work, and how its clock stands to the one here. */
export const checkServer: Check = async ({ server, data }) => {
  const origin = originOf(server)
  const asked = Date.now()
  const answer = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(patience) }).catch(() => undefined)
  if (!answer) {
    const say = `Nothing answers at ${origin}: start the server, or say where it is with --server URL.`
    return [{ about: 'server', level: 'fail', say }]
  }
  const here = (asked + Date.now()) / 2
  const ready = readyAnswer.safeParse(await answer.json().catch(() => undefined))
  if (!ready.success) {
    const say = `What answers at ${origin} is no Foobot server of that name: give the address that it printed at its start with --server URL.`
    return [{ about: 'server', level: 'fail', say }]
  }
  return [...readiness(origin, ready.data.ok, await partsOf(data)), clock(here, answer.headers.get('date'))]
}

type Parts = z.infer<typeof readyAnswer>['parts']

/** What the server tells its operator, on its own machine; undefined where it cannot be asked. */
const partsOf = async (data: string): Promise<Parts | undefined> => {
  const file = join(data, 'server', 'server.yaml')
  if (!existsSync(file)) return undefined
  const told = await askOperator(readServerConfig(file).metrics, '/readyz')
  return told === undefined ? undefined : readyAnswer.parse(JSON.parse(told)).parts
}

/** Its bundle is looked at on disk. */
const readiness = (origin: string, ok: boolean, parts: Parts = []): Finding[] => {
  const lacks = parts.filter(({ part, ok, why }) => part !== 'bundle' && (!ok || why !== undefined))
  if (ok && lacks.length === 0) return [{ about: 'server', level: 'ok', say: `ready at ${origin}` }]
  if (lacks.length === 0) {
    const say = `${origin} is not ready: run this on its own machine, with --data for its data folder, to see what it lacks.`
    return [{ about: 'server', level: 'fail', say }]
  }
  return lacks.map(({ part, ok, why = 'it is not ready' }) => ({
    about: 'server',
    level: ok ? 'warn' : 'fail',
    say: `${part}: ${why}.`,
  }))
}

/** Behind a proxy that is not listed, everybody comes from one address, and limits hold for all of them together. */
export const checkProxy: Check = ({ data }) => {
  const file = join(data, 'server', 'server.yaml')
  if (!existsSync(file)) return []
  const { publicUrl, proxy, runners } = readServerConfig(file)
  const unlisted = [
    ...(publicUrl !== undefined && proxy.length === 0 ? ['proxy'] : []),
    ...(runners?.publicUrl !== undefined && runners.proxy.length === 0 ? ['runners.proxy'] : []),
  ]
  return unlisted.map((field) => ({
    about: 'proxy',
    level: 'warn',
    say: `${file} has a publicUrl and no ${field}: whoever comes through the proxy counts as one source. List the proxy’s address there.`,
  }))
}

const clock = (here: number, date: string | null): Finding => {
  const there = Date.parse(date ?? '')
  if (Number.isNaN(there)) return { about: 'clock', level: 'warn', say: 'The server does not say what time it has.' }
  const ahead = toSeconds(here) - toSeconds(there)
  return Math.abs(ahead) <= mostSkew
    ? { about: 'clock', level: 'ok', say: `within ${mostSkew} s of the server’s` }
    : {
        about: 'clock',
        level: 'fail',
        say: `The clock here is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the server’s: set the one that is wrong, and run a time service on both.`,
      }
}
