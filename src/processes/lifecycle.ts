import { FoobotError } from '#core/errors.ts'

/**
 * Runs `stop` once when the process is told to end: by Ctrl-C, by SIGTERM, or because the parent that started it with a
 * channel is gone. Then the process exits: 0, or 1 where stopping failed.
 * @returns takes that back, so that a process which cannot start ends by itself
 */
export const stopWith = (stop: () => Promise<void>, failed: (error: unknown) => void): (() => void) => {
  let stopping = false
  const once = (): void => {
    if (stopping) return
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        failed(error)
        process.exit(1)
      },
    )
  }
  const events = ['SIGINT', 'SIGTERM', ...(process.channel ? ['disconnect'] : [])]
  for (const event of events) process.on(event, once)
  return () => {
    for (const event of events) process.off(event, once)
  }
}

/** Tells the parent that started this process with a channel; without one, nobody waits for it. */
export const tellParent = (message: ToParent): void => {
  process.send?.(message)
}

/** What a process tells its parent: that it listens, or that what its operator wrote does not let it start. */
export type ToParent = { readonly type: 'ready'; readonly url: string } | { readonly type: 'refused' }

/**
 * Starts something, and tells the parent where it is refused by name: starting it again would not mend that.
 * @param gaveUp called where it does not start
 */
export const startOrTell = async <T>(start: () => Promise<T>, gaveUp: () => void): Promise<T> => {
  try {
    return await start()
  } catch (error) {
    gaveUp()
    if (error instanceof FoobotError && error.code !== 'internal') tellParent({ type: 'refused' })
    throw error
  }
}
