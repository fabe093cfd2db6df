import pino, { type DestinationStream } from 'pino'
import { cut } from '#core/text/cut.ts'
import { escapedJson } from '#core/text/json-line.ts'

/** Code units of one field: whoever makes a line of the log longer than what they sent fills the disk. */
const longest = 4096

/**
 * JSON lines on standard error, written before the next step is taken: what a process said last is there however it
 * ends. `FOOBOT_LOG` is the least level: `info` unless given, else `warn` or `error`.
 */
export const makeLog = (name: string) =>
  pino(
    {
      base: { process: name },
      level: levels.find((level) => level === process.env.FOOBOT_LOG) ?? 'info',
      formatters: { log: bounded },
    },
    visible(pino.destination({ dest: 2, sync: true })),
  )

/** Each field at most so long: what is not text is measured as JSON, and cut as text. */
const bounded = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, boundedField(value)]))

const boundedField = (value: unknown): unknown => {
  if (typeof value === 'string') return cut(value, longest)
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  return text.length <= longest ? value : cut(text, longest)
}

/** Operators read these lines on a terminal: what could steer it, or hide there, is escaped as JSON escapes it. */
const visible = (destination: DestinationStream): DestinationStream => ({
  write: (line) => destination.write(`${escapedJson(line.trimEnd())}\n`),
})

const levels = ['info', 'warn', 'error']
