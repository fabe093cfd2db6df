import { z } from 'zod'
import { originOf } from '#client/dial.ts'
import { mostSkew, toSeconds } from '#core/clock.ts'
import type { Check, Finding } from './finding.ts'

/** Milliseconds to wait for an answer. */
const patience = 5_000

/** Told in full only to who asks by a name of the server's own machine. */
const readyAnswer = z.object({
  ok: z.boolean(),
  parts: z.array(z.object({ part: z.string(), ok: z.boolean(), why: z.string().optional() })).default([]),
})

/** Whether the server answers and can do its work, and how its clock stands to the one here. */
export const checkServer: Check = async ({ server }) => {
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
    const say = `What answers at ${origin} is no Foobot server: say where it is with --server URL.`
    return [{ about: 'server', level: 'fail', say }]
  }
  return [...readiness(origin, ready.data), clock(here, answer.headers.get('date'))]
}

/** Its bundle is looked at on disk. */
const readiness = (origin: string, { ok, parts }: z.infer<typeof readyAnswer>): Finding[] => {
  const lacks = parts.filter(({ part, ok, why }) => part !== 'bundle' && (!ok || why !== undefined))
  if (ok && lacks.length === 0) return [{ about: 'server', level: 'ok', say: `ready at ${origin}` }]
  if (parts.length === 0) {
    const say = `${origin} is not ready: ask on its own machine, by --server http://localhost:PORT, for what it lacks.`
    return [{ about: 'server', level: 'fail', say }]
  }
  return lacks.map(({ part, ok, why = 'it is not ready' }) => ({
    about: 'server',
    level: ok ? 'warn' : 'fail',
    say: `${part}: ${why}.`,
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
