import type { Clock } from '#core/clock.ts'
import type { Arguments } from '#core/command/arguments.ts'
import type { Inspected, Requester } from '#core/command/plugin.ts'
import { FoobotError } from '#core/errors.ts'
import { type Resource, resource } from '#core/statement/statement.ts'
import type { LoadedCommand } from './load.ts'
import { programOf } from './program.ts'
import type { Redactor } from './redact.ts'

/** Milliseconds that a look may take: less than a server waits for it. */
const patience = 8000
/** Looks that one person may cause at once, and how many more each second. */
const atOnce = 300
const eachSecond = 30

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
  const late = setTimeout(
    () =>
      stop.abort(
        new FoobotError(
          'program-failed',
          'inspect took too long',
          `It took longer than ${patience / 1000} s to look at it.`,
        ),
      ),
    patience,
  )
  const { signal } = stop
  const tooLate = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  try {
    const program = programOf({ timeLimit: patience / 1000, signal, redactor })
    // What throws at once fails as what throws later: there is one race, and somebody listens to all of it.
    const seen = (async () => look({ ...call, system: loaded.system, signal, program }))()
    return checked(await Promise.race([seen, tooLate]), redactor)
  } finally {
    clearTimeout(late)
    stop.abort(new Error('the look is over'))
  }
}

const checked = ({ say, ...seen }: Inspected, redactor: Redactor): Look => {
  const found = resource.parse(seen)
  // What is signed must be what is seen: a fact with a secret in it is no fact for anybody.
  if (JSON.stringify(redactor.value(found)) !== JSON.stringify(found)) {
    throw new FoobotError(
      'internal',
      'a fact holds a secret',
      'What it found holds a secret: tell the plugin’s author.',
    )
  }
  return { resource: found, ...(say !== undefined && { say: redactor.text(say).slice(0, 2048) }) }
}

/** Bounds how often people make this runner look at its systems. */
export class LookLimit {
  readonly #clock: Clock
  readonly #spent = new Map<string, { left: number; at: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** False where this person must wait. Only people of the bundle are counted apart, so that the count is bounded. */
  take(requester = ''): boolean {
    const now = this.#clock()
    const { left, at } = this.#spent.get(requester) ?? { left: atOnce, at: now }
    const have = Math.min(atOnce, left + (Math.max(0, now - at) / 1000) * eachSecond)
    this.#spent.set(requester, { left: Math.max(0, have - 1), at: now })
    return have >= 1
  }
}
