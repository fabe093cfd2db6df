import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { root } from './sources.ts'

const svg = readFileSync(`${root}docs/demo.svg`, 'utf8')

it('README opens with a recording of the demo', () => {
  const [opening] = readFileSync(`${root}README.md`, 'utf8').split('\n## ')
  expect(opening).toMatch(/^# Foobot\n\n!\[[^\]]{80,}\]\(docs\/demo\.svg\)\n/)
})

it('the recording is small, runs nothing and asks for nothing', () => {
  expect(svg.length).toBeLessThan(300 * 1024)
  expect(svg).not.toMatch(/<script|<foreignObject|<use|<a[\s>]|\son\w+=|@import|url\(/i)
  const asked = [...svg.matchAll(/(?:href|xmlns)="([^"]{0,40})/g)].map(([, address = '']) => address)
  expect(
    asked.filter((address) => !/^(data:image\/png;base64,|http:\/\/www\.w3\.org\/2000\/svg$)/.test(address)),
  ).toEqual([])
})

it('the recording shows what the slides show', () => {
  const said = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
  expect(said).toContain('Foobot graph-me -1h collectd.load(prod1)')
  expect(said).toContain('(a picture: Michael Ansel, with a mustache)')
  expect(said.filter((text) => text?.startsWith('The log of '))).toHaveLength(1)
})
