import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { Connection } from '#links/ws/connection.ts'
import { mostKeyChanges } from '#wire/runner.ts'

/** A runner that was taken over says, without end, that it keeps key changes: the server must not grow by that. */

// DEFENCE src/links/ws/connection.ts
// - this.#announced = { ...this.#announced, keyChanges: [...kept, message.digest].slice(-mostKeyChanges) }
// + this.#announced = { ...this.#announced, keyChanges: [...kept, message.digest] }

it('the server remembers of it as many as it may announce, and each once', () => {
  const digestOf = (index: number): string => createHash('sha256').update(String(index)).digest('hex')
  const announced = Array.from({ length: mostKeyChanges }, (_, index) => digestOf(index))
  const rest = { store: 'a'.repeat(32), commands: [], keyChanges: announced, claims: [], at: 1 }
  const connection = new Connection({} as WebSocket, 'delivery', { type: 'announce', ...rest })
  for (let index = 0; index < 100; index++) {
    for (const digest of [digestOf(mostKeyChanges + index), digestOf(mostKeyChanges + index)])
      connection.learn({ type: 'key-change', digest })
  }
  const { keyChanges } = connection.announced
  expect(keyChanges).toHaveLength(mostKeyChanges)
  expect(new Set(keyChanges).size).toBe(mostKeyChanges)
  expect(keyChanges.at(-1)).toBe(digestOf(mostKeyChanges + 99))
})
