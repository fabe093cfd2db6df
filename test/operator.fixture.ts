import { join } from 'node:path'
import { askOperator } from '#client/operator.ts'

const at = (data: string) => ({ socket: join(data, 'server', 'metrics.sock') })

/** What the running server of a data folder counts, in the Prometheus text format. */
export const metricsOf = async (data: string): Promise<string> => (await askOperator(at(data), '/metrics')) ?? ''

/** Which of its parts do their work. */
export const readinessOf = async (
  data: string,
): Promise<{
  readonly ok: boolean
  readonly parts: readonly { readonly part: string; readonly ok: boolean; readonly why?: string }[]
}> => JSON.parse((await askOperator(at(data), '/readyz')) ?? '{}')
