import { setTimeout as after } from 'node:timers/promises'
import { FoobotError } from '#core/errors.ts'

/** Milliseconds before the first new try; doubled with each, up to the last. */
const firstPause = 1000
const lastPause = 60_000

export type Waiting = {
  /** Told which file cannot be written and why: once, and again where that changes. */
  readonly waits: (why: FoobotError) => Promise<void> | void
  /** Ends the waiting. */
  readonly stopped: AbortSignal
  /** Resolves after so many milliseconds. Default: the time that passes, or until it is stopped. */
  readonly pause?: (milliseconds: number) => Promise<void>
}

/**
 * Starts a process's work. Where a disk is full or fails, it waits, alive, and tries again until it can write: no restart
 * makes room, and nobody has to start it by hand once there is.
 * @returns undefined where it was stopped before
 * @throws whatever else keeps it from starting
 */
export const startWaiting = async <T>(
  start: () => Promise<T>,
  { waits, stopped, pause = untilStopped(stopped) }: Waiting,
): Promise<T | undefined> => {
  let said: string | undefined
  for (let time = firstPause; !stopped.aborted; time = Math.min(time * 2, lastPause)) {
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof FoobotError) || error.code !== 'disk-trouble') throw error
      if (error.say !== said) await waits(error)
      said = error.say
    }
    await pause(time)
  }
  return undefined
}

const untilStopped =
  (signal: AbortSignal) =>
  (milliseconds: number): Promise<void> =>
    after(milliseconds, undefined, { signal }).catch(() => undefined)
