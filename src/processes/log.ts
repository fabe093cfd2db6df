import pino, { type DestinationStream } from 'pino'
import { escapedJson } from '#core/text/json-line.ts'

/**
 * JSON lines on standard error, written before the next step is taken: what a process said last is there however it
 * ends. `FOOBOT_LOG` is the least level: `info` unless given, else `warn` or `error`.
 */
export const makeLog = (name: string) =>
  pino(
    { base: { process: name }, level: levels.find((level) => level === process.env.FOOBOT_LOG) ?? 'info' },
    visible(pino.destination({ dest: 2, sync: true })),
  )

/** Operators read these lines on a terminal: what could steer it, or hide there, is escaped as JSON escapes it. */
const visible = (destination: DestinationStream): DestinationStream => ({
  write: (line) => destination.write(`${escapedJson(line.trimEnd())}\n`),
})

const levels = ['info', 'warn', 'error']
