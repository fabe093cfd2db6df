import { bound } from '#bounds/bound.ts'
import { Buckets } from '#bounds/buckets.ts'
import type { Clock } from '#core/clock.ts'
import type { Arguments } from '#core/command/arguments.ts'
import type { Inspected, Requester } from '#core/command/plugin.ts'
import { FoobotError } from '#core/errors.ts'
import { type Resource, resource } from '#core/statement/statement.ts'
import { cut } from '#core/text/cut.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { LoadedCommand } from './load.ts'
import { programOf } from './program.ts'
import type { Redactor } from './redact.ts'

/** Less than a server waits for it. */
const lookTime = bound('runner-look-time', {
  most: 8000,
  unit: 'milliseconds',
  of: 'the time that the code of a command takes to look at its target',
  say: 'The command fails: it took too long to look at it.',
})
const looks = bound('runner-looks', {
  most: 300,
  unit: 'looks',
  perSecond: 30,
  of: 'looks at systems that one person causes at a runner',
  say: 'You look too often: wait a few seconds.',
})

/** Code units of what it says besides. */
const longestSay = 2048

export type Look = { readonly resource: Resource; readonly say?: string }

/** What a command would act on, by its own `inspect`; without one, its plugin's system. */
export const inspect = async (
  loaded: LoadedCommand,
  call: { readonly args: Arguments; readonly requester?: Requester; readonly room?: string },
  redactor: Redactor,
): Promise<Look> => {
  const look = loaded.declared.inspect
  if (!look) return { resource: { type: 'System', id: loaded.manifest.plugin, facts: {} } }
  const stop = new AbortController()
  const late = setTimeout(() => {
    lookTime.reached()
    const say = `It took longer than ${lookTime.most / 1000} s to look at it.`
    stop.abort(new FoobotError('program-failed', 'inspect took too long', say))
  }, lookTime.most)
  const { signal } = stop
  const tooLate = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  try {
    const program = programOf({ timeLimit: lookTime.most / 1000, signal, redactor })
    // What throws at once fails as what throws later: there is one race, and somebody listens to all of it.
    const seen = (async () => look({ ...call, system: loaded.system, signal, program }))()
    return checked(await Promise.race([seen, tooLate]), redactor)
  } finally {
    clearTimeout(late)
    stop.abort(new Error('the look is over'))
  }
}

/** What names the target: with a secret in it nobody could say what is meant. Facts are shown without theirs. */
const naming = ['type', 'id', 'owner'] as const

const checked = ({ say, ...seen }: Inspected, redactor: Redactor): Look => {
  const { facts, ...target } = read(seen)
  const secret = naming.find((name) => redactor.text(target[name] ?? '') !== (target[name] ?? '').toWellFormed())
  const named =
    secret ?? (Object.keys(facts).some((name) => redactor.text(name) !== name) ? 'name of a fact' : undefined)
  if (named !== undefined) {
    throw new FoobotError(
      'internal',
      `the ${named} of a target holds a secret`,
      `There is a secret in the ${named} of what it found, so nobody can sign for it: tell the plugin’s author.`,
    )
  }
  const found = read({ ...wellFormed(target), facts: redactor.value(facts) })
  return { resource: found, ...(say !== undefined && { say: cut(redactor.text(say), longestSay) }) }
}

const read = (seen: Omit<Inspected, 'say'>): Resource => {
  const found = resource.safeParse(seen)
  if (found.success) return found.data
  const fault = shortFault(found.error)
  throw new FoobotError(
    'internal',
    `no resource: ${fault}`,
    `What it found cannot be signed (${fault}): tell the plugin’s author.`,
  )
}

const wellFormed = <T extends Partial<Record<(typeof naming)[number], string>>>(target: T): T => ({
  ...target,
  ...Object.fromEntries(
    naming.flatMap((name) => (target[name] === undefined ? [] : [[name, target[name].toWellFormed()]])),
  ),
})

/** Bounds how often people make this runner look at its systems. */
export class LookLimit {
  readonly #spent: Buckets

  constructor(clock: Clock) {
    this.#spent = new Buckets({ most: looks.most, perSecond: looks.perSecond ?? 0 }, clock)
  }

  /** @throws FoobotError with the sentence, where this person must wait */
  take(requester = ''): void {
    if (this.#spent.of(requester).tryTake()) return
    looks.reached()
    throw new FoobotError('internal', 'too many looks', looks.say)
  }
}
