import { expect, it } from 'vitest'
import { type Unit, unitOf, written } from './units.ts'

it.each([
  [0.8, 'none', '0.8'],
  [7.0812, 'none', '7.08'],
  [1234, 'none', '1.23k'],
  [2_500_000, 'none', '2.5M'],
  [-40, 'percent', '-40%'],
  [0.973, 'ratio', '97.3%'],
  [0, 'ratio', '0%'],
  [0.00042, 'seconds', '420 µs'],
  [0.18, 'seconds', '180 ms'],
  [90, 'seconds', '1.5 min'],
  [180, 'milliseconds', '180 ms'],
  [6.2 * 1024 ** 3, 'bytes', '6.2 GiB'],
  [1e9, 'bits', '1 Gbit'],
  [4.2e-9, 'none', '4.2e-9'],
] as const)('%d in %s is %s', (value, unit, text) => expect(written(value, unit)).toBe(text))

it.each([
  ['collectd.prod1.load', 'none'],
  ['collectd.prod1.cpu.percent-active', 'percent'],
  ['rate(http_request_duration_seconds_sum[5m])', 'seconds'],
  ['node_memory_MemFree_bytes', 'bytes'],
  ['collectd.prod1.interface-eth0.if_octets.rx', 'bytes'],
  ['collectd.prod1.memory.used', 'bytes'],
] as const satisfies readonly (readonly [string, Unit])[])('%s counts %s', (target, unit) =>
  expect(unitOf(target, { 'memory.used': 'bytes' })).toBe(unit),
)
