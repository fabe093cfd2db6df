import { DefaultReporter, type TestModule } from 'vitest/node'

type Tally = { modules: number; passed: number; failed: number; skipped: number; milliseconds: number }

/** One line a suite as it ends; failures and vitest's own summary come last. */
export default class SuiteReporter extends DefaultReporter {
  readonly #running = new Map<string, Tally>()

  constructor() {
    super({ summary: false })
  }

  override onTestRunStart(specifications: Parameters<DefaultReporter['onTestRunStart']>[0]): void {
    super.onTestRunStart(specifications)
    for (const { project } of specifications) this.#tallyOf(project.name).modules += 1
  }

  override onTestModuleEnd(module: TestModule): void {
    const name = module.project.name
    const tally = this.#tallyOf(name)
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state !== 'pending') tally[state] += 1
    }
    if (module.errors().length > 0) tally.failed += 1
    tally.milliseconds += module.diagnostic().duration
    tally.modules -= 1
    if (tally.modules === 0) this.log(lineOf(name, tally))
  }

  #tallyOf(name: string): Tally {
    const tally = this.#running.get(name) ?? { modules: 0, passed: 0, failed: 0, skipped: 0, milliseconds: 0 }
    this.#running.set(name, tally)
    return tally
  }
}

const lineOf = (name: string, { passed, failed, skipped, milliseconds }: Tally): string => {
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
  const seconds = (milliseconds / 1000).toFixed(1)
  return `${name.padEnd(13)} ${counts.filter(Boolean).join(', ')} (${seconds} s)`
}
