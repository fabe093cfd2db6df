import { line, z } from 'foobot'

/**
 * What Graphite and Prometheus answer, as far as it is read here.
 *
 * Graphite: "The Render URL API", format=json, graphite-web 1.1 (docs/render_api.rst of graphite-project/graphite-web).
 * Prometheus: "HTTP API", range queries, Prometheus 2 and 3 (https://prometheus.io/docs/prometheus/latest/querying/api/).
 */

const instant = z.number().min(0).max(32_503_680_000)

/** Of each series its values, oldest first; `null` where there is none. Graphite writes what is no number as text. */
export const graphiteRender = z.array(
  z.object({
    target: line(),
    datapoints: z.array(z.tuple([z.union([z.number(), z.null(), z.string()]), instant])),
  }),
)

/** Values are text, so that `NaN` and `+Inf` can be among them. */
export const prometheusRange = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([instant, z.string()])).default([]),
      }),
    ),
  }),
})

export const prometheusError = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })
