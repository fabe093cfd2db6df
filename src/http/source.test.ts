import { expect, it } from 'vitest'
import { sourceOf, sourcesBehind } from './source.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:4711', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['unknown', ''],
  ['1.2.3.4.5', ''],
  ['', ''],
])('%s counts as %s', (address, source) => {
  expect(sourceOf(address)).toBe(source)
})

const asks = (remoteAddress: string, header?: string | string[]) => ({
  headers: header === undefined ? {} : { 'x-forwarded-for': header as string },
  socket: { remoteAddress },
})

it('is what the socket says, whatever stands in headers', () => {
  const sources = sourcesBehind([])
  expect(sources.ofRequest(asks('192.0.2.7', '198.51.100.1'))).toBe('192.0.2.7')
  expect(sources.ofConnection('192.0.2.7')).toBe('192.0.2.7')
})

it('behind a listed proxy is the last address that the proxy appended', () => {
  const sources = sourcesBehind(['127.0.0.1', '::1'])
  expect(sources.ofConnection('::ffff:127.0.0.1')).toBeUndefined()
  expect(sources.ofRequest(asks('127.0.0.1', '10.0.0.1, 198.51.100.1'))).toBe('198.51.100.1')
  expect(sources.ofRequest(asks('::1', 'forged, 2001:db8::1'))).toBe('2001:db8:0:0::/64')
  expect(sources.ofRequest(asks('127.0.0.2', '198.51.100.1'))).toBe('127.0.0.2')
  expect(sources.ofRequest(asks('::2', '198.51.100.1'))).toBe('0:0:0:0::/64')
})

it('behind a proxy that names nobody is the proxy', () => {
  const sources = sourcesBehind(['127.0.0.1'])
  expect(sources.ofRequest(asks('127.0.0.1'))).toBe('127.0.0.1')
  expect(sources.ofRequest(asks('127.0.0.1', '198.51.100.1, unknown'))).toBe('127.0.0.1')
})
