/** Where a runner tells its operator things: fields first, then one sentence. Never the text of a secret. */
export interface RunnerLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}
