import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { bounds } from '#bounds/bound.ts'
import type { Counters } from '#engine/way.ts'

/** What is read at the moment when somebody asks. */
export type Gauges = {
  /** Seconds since 1970. */
  readonly bundleEnd: () => number
  /** The same: until when commands from `sensitive` up run under it. */
  readonly bundleFresh: () => number
  readonly logLeaves: () => number
}

/** What `/metrics` tells, in the Prometheus text format. */
export const makeMetrics = ({
  bundleEnd,
  bundleFresh,
  logLeaves,
}: Gauges): Counters & { readonly registry: Registry } => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const of = { registers: [registry] }
  const heard = new Counter({ name: 'foobot_messages_heard_total', help: 'Messages that platforms brought', ...of })
  const forUs = new Counter({ name: 'foobot_messages_for_us_total', help: 'Messages that were said to Foobot', ...of })
  const ended = new Counter({
    name: 'foobot_requests_ended_total',
    help: 'Requests that have ended, by state and tier',
    labelNames: ['state', 'tier'],
    ...of,
  })
  const took = new Histogram({
    name: 'foobot_request_seconds',
    help: 'From hearing a request to its end',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
    ...of,
  })
  const factors = new Counter({
    name: 'foobot_second_factors_total',
    help: 'Phones woken, for who asked (push) and for approvers, one-time codes, and what came of each',
    labelNames: ['method', 'outcome'],
    ...of,
  })
  const posted = new Counter({
    name: 'foobot_webhooks_total',
    help: 'What was posted to webhooks of the bundle, by path and by what became of it',
    labelNames: ['path', 'outcome'],
    ...of,
  })
  new Counter({
    name: 'foobot_limit_reached_total',
    help: 'How often each limit was reached',
    labelNames: ['limit'],
    ...of,
    collect() {
      this.reset()
      for (const { name, times } of bounds()) this.inc({ limit: name }, times)
    },
  })
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      ...of,
      collect() {
        this.set(read())
      },
    })
  gauge('foobot_bundle_end_timestamp_seconds', 'When the bundle in force ends', bundleEnd)
  gauge(
    'foobot_bundle_fresh_timestamp_seconds',
    'Until when the bundle in force carries commands from sensitive up',
    bundleFresh,
  )
  gauge('foobot_log_leaves', 'Leaves of the log', logLeaves)
  return {
    registry,
    heard: () => heard.inc(),
    forUs: () => forUs.inc(),
    ended: (state, tier) => ended.inc({ state, tier }),
    factor: (method, outcome) => factors.inc({ method, outcome }),
    posted: (path, outcome) => posted.inc({ path, outcome }),
    took: (milliseconds) => took.observe(milliseconds / 1000),
  }
}
