import pino from 'pino'

/**
 * JSON lines on standard error, written before the next step is taken: what a process said last is there however it
 * ends. `FOOBOT_LOG` is the least level: `info` unless given, else `warn` or `error`.
 */
export const makeLog = (name: string) =>
  pino(
    { base: { process: name }, level: levels.find((level) => level === process.env.FOOBOT_LOG) ?? 'info' },
    pino.destination({ dest: 2, sync: true }),
  )

const levels = ['info', 'warn', 'error']
