import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { print, printAside } from '#cli/tell.ts'
import type { ToParent } from './lifecycle.ts'

const program = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/** What is as it should be is told by who started us, in one line: of its parts only what is not. */
const env = { FOOBOT_LOG: 'warn', ...process.env }

/** Milliseconds before the first restart; doubled with each, up to the last. */
const firstPause = 500
const lastPause = 30_000
/** A child that lived so long is healthy: the next pause is the first again. */
const healthyAfter = 60_000
/** Milliseconds that a child has for a clean stop. */
const patience = 10_000

export type Child = {
  /** Asks it to stop, waits, and ends it where it does not. */
  stop(): Promise<void>
}

/**
 * Starts a process that tells us when it is ready, and starts it again when it dies, with pauses that grow. What it prints is
 * printed here, line by line: a stack or a warning may hold anything.
 * @param args of its command line, asked for at each start
 * @param hears called with what the child tells, each time it starts
 * @param died called with the exit code or signal of a child that was not stopped; `false` ends it for good
 * @param file another program than `foobot`
 */
export const keepRunning = (
  args: () => readonly string[],
  hears: (message: ToParent) => void,
  died: (how: string, pause: number) => boolean,
  file = program,
): Child => {
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let pause = firstPause

  const start = (): void => {
    const started = Date.now()
    child = fork(file, [...args()], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [], env })
    forward(child.stdout, print)
    forward(child.stderr, printAside)
    child.on('message', (message) => hears(message as ToParent))
    // Closed, all that it said last has been heard.
    child.once('close', (code, signal) => {
      child = undefined
      if (stopped) return
      if (Date.now() - started > healthyAfter) pause = firstPause
      if (!died(signal ?? `code ${code}`, pause)) return
      timer = setTimeout(start, pause)
      pause = Math.min(pause * 2, lastPause)
    })
  }
  start()

  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      const running = child
      if (!running) return
      const gone = new Promise<void>((resolve) => running.once('close', () => resolve()))
      running.kill('SIGTERM')
      const late = setTimeout(() => running.kill('SIGKILL'), patience)
      await gone
      clearTimeout(late)
    },
  }
}

const forward = (from: Readable | null, to: (line: string) => void): void => {
  if (from) createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY }).on('line', to)
}
