import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'

/** Somebody who may write where a plugin lies, or where its packages lie, waits until its runner is started again. */

// DEFENCE src/runner/plugins.ts
// - if (!listed || !permits(listed, code.digest)) {
// + if (!listed) {

// DEFENCE src/runner/plugins.ts
// - return this.#listed && !this.#stale ? this.#all : nothing
// + return this.#all

// DEFENCE src/runner/plugins.ts
// - if (!listed) return
// AND src/runner/plugins.ts
// - if (!listed || !permits(listed, code.digest)) {
// + if (listed && !permits(listed, code.digest)) {
// AND src/runner/plugins.ts
// - const plugin = await loadPlugin(entry, code, listed.demanded ? listed.names.get(code.digest) : undefined)
// + const plugin = await loadPlugin(entry, code)

// DEFENCE src/runner/code.ts
// - const contents = { files, needs, packages: byId(packages) }
// + const contents = { files, needs, packages: {} }

let company: CanaryCompany
let jhand: Intruder
const ran = (): boolean => existsSync(join(company.data, 'ran'))
const evil = (): string =>
  `process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(join(company.data, 'ran'))}, '')\n`
const prepend = (path: string, text: string): void => {
  const before = existsSync(join(company.plugin, path)) ? readFileSync(join(company.plugin, path), 'utf8') : ''
  writeFileSync(join(company.plugin, path), `${text}${before}`)
}
/** A package, as it lies on the runner's machine above the plugin's folder. */
const install = (plugin: string, text: string): void => {
  const folder = join(plugin, '../node_modules/tune')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"version":"1.0.0"}')
  writeFileSync(join(folder, 'index.js'), text)
}
/** The plugin lists that package, and imports it. */
const use = (plugin: string): void => {
  const file = join(plugin, 'commands.ts')
  writeFileSync(join(plugin, 'package.json'), '{"type":"module","dependencies":{"tune":"1"}}')
  writeFileSync(file, `import 'tune'\n${readFileSync(file, 'utf8')}`)
}

beforeEach(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
})
afterEach(() => company.end())

/** Nobody gets anything of that plugin, in any tier, and who asks is told. */
const expectNothing = async (): Promise<void> => {
  for (const line of ['wave', 'note it', 'rebuild svr-1827 role=web']) {
    const { state, text } = await jhand.say(`Foobot ${line}`)
    expect(state).toBe('failed')
    expect(text).toMatch(/^tested has not loaded ".*": the bundle does not list the code of the plugin that lies there/)
  }
  expect(ran()).toBe(false)
  expect(company.sung).toEqual([])
}

describe('a plugin that was exchanged while its runner was stopped', () => {
  it.each([
    ['a line at its top', () => prepend('commands.ts', evil())],
    ['a file beside it that nothing imports yet', () => writeFileSync(join(company.plugin, 'later.ts'), evil())],
    [
      'its list of packages',
      () => {
        install(company.plugin, evil())
        use(company.plugin)
      },
    ],
  ])('by %s: nothing of it runs, and the runner lives', async (_, exchange) => {
    await company.stopRunner()
    exchange()
    await company.startRunner()
    await expectNothing()
  })

  it('runs no sooner for a runner that holds no bundle', async () => {
    await company.stopRunner()
    prepend('commands.ts', evil())
    rmSync(join(company.data, 'runners/tested/bundle'), { recursive: true })
    await company.startRunner()
    await expectNothing()
  })

  it('runs once a bundle lists it, without another start', async () => {
    await company.stopRunner()
    prepend('commands.ts', evil())
    await company.startRunner()
    await expectNothing()
    await company.sign()
    await expect
      .poll(async () => (await jhand.say('Foobot wave')).state, { timeout: 20_000, interval: 200 })
      .toBe('done')
    expect(ran()).toBe(true)
  })
})

it('a file of a package that was exchanged: the plugin that needs it does not run', async () => {
  await company.end()
  company = await CanaryCompany.open({
    plugin: (folder) => {
      install(folder, 'exports.tune = 1')
      use(folder)
    },
  })
  jhand = await company.dial('jhand')
  expect((await jhand.say('Foobot wave')).state).toBe('done')
  rmSync(join(company.data, 'sung'))
  await company.stopRunner()
  install(company.plugin, evil())
  await company.startRunner()
  await expectNothing()
})

it('code that a new bundle does not list any more does nothing, though it runs already', async () => {
  expect((await jhand.say('Foobot wave')).state).toBe('done')
  rmSync(join(company.data, 'sung'))
  // Two versions on: the code that runs is neither the newest nor the one before.
  for (const line of ['// one\n', '// two\n']) {
    prepend('commands.ts', line)
    await company.sign()
  }
  expect((await company.failed).say).toContain('runs here as code that the bundle in force does not list')
  await expect
    .poll(async () => (await jhand.say('Foobot wave')).state, { timeout: 20_000, interval: 200 })
    .toBe('failed')
  await expectNothing()
})
