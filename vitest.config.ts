import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** A plugin that lists packages has a `package.json` of its own, from which nobody finds `foobot`. */
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const alias = [
  { find: /^foobot$/, replacement: file('src/index.ts') },
  { find: /^foobot\/testing$/, replacement: file('src/testing.ts') },
]

/** One suite a project, so that each can be run alone: `npx vitest run --project unit`. */
const suite = (name: string, include: readonly string[], testTimeout = 20_000) => ({
  resolve: { alias },
  test: { name, include: [...include], testTimeout, hookTimeout: 60_000 },
})

export default defineConfig({
  test: {
    // Most tests wait for processes: on two cores, two at once take little more than half the time.
    maxWorkers: 2,
    projects: [
      suite('architecture', ['test/architecture.test.ts', 'test/house/**/*.test.ts']),
      suite('unit', ['src/**/*.test.ts', 'plugins/**/*.test.ts', 'sandbox/**/*.test.ts', 'web/**/*.test.ts']),
      suite('contract', ['test/contract/**/*.test.ts']),
      suite('journeys', ['test/journeys/**/*.test.ts'], 120_000),
      suite('browser', ['test/browser/**/*.test.ts'], 60_000),
      suite('attacks', ['test/attacks/**/*.test.ts'], 120_000),
    ],
  },
})
