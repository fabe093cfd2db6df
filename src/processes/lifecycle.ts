/**
 * Runs `stop` once when the process is told to end: by Ctrl-C, by SIGTERM, or because the parent that started it with a
 * channel is gone. Then the process exits: 0, or 1 where stopping failed.
 */
export const stopWith = (stop: () => Promise<void>, failed: (error: unknown) => void): void => {
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
  process.on('SIGINT', once)
  process.on('SIGTERM', once)
  if (process.channel) process.on('disconnect', once)
}

/** Tells the parent that started this process with a channel; without one, nobody waits for it. */
export const tellParent = (message: ToParent): void => {
  process.send?.(message)
}

/** What a process tells its parent. */
export type ToParent = { readonly type: 'ready'; readonly url: string }
