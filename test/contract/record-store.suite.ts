import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeptKeyChange } from '#core/bundle/key-change.ts'
import { edgeRoot, emptyEdge, grow } from '#core/log/edge.ts'
import { emptyRoot, leafHash, sameHash } from '#core/log/hash.ts'
import { consistencyProof, inclusionProof, rootAt } from '#core/log/proofs.ts'
import { verifyConsistency, verifyInclusion } from '#core/log/tree.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { LogReader, RecordStore } from '#engine/store.ts'
import {
  add,
  digestOf,
  eventLeaf,
  idOf,
  keyChangeOf,
  newRequest,
  plainNote,
  set,
  warrantOf,
} from './records.fixture.ts'

/** One opened store with the log that it keeps. */
export type Opened = {
  readonly records: RecordStore
  readonly log: LogReader
  /** Makes all writes fail from here on, as a full disk does. */
  fillDisk(): void
  /** Ends that. */
  freeDisk(): void
  /** Closes, and opens what was stored again. */
  reopen(): Promise<Opened>
  close(): Promise<void>
}

/** With all bytes as hex: a store may give a Buffer or plain bytes. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

const jhand = { tenant: 'acme', id: 'jhand' }

/** What every store of requests and log must do. */
export const recordStoreSuite = (name: string, open: () => Promise<Opened>): void => {
  describe(name, () => {
    let store: Opened
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const reopen = async (): Promise<void> => {
      store = await store.reopen()
    }

    it('is empty at first', async () => {
      expect(await store.records.seal()).toBeUndefined()
      expect(await store.records.live()).toEqual([])
      expect(await store.records.find(idOf(1))).toBeUndefined()
      expect(store.log.size).toBe(0)
      expect(rootAt(0, store.log)).toEqual(emptyRoot)
    })

    it('knows the words of what ended lately, also after a restart', async () => {
      const ended = (n: number, word: string, endedAt: number): Promise<unknown> =>
        store.records.commit([add(newRequest(n, { state: 'expired', word, endedAt }))], plainNote)
      await ended(1, 'slick', 1000)
      await ended(2, 'walnut', 2000)
      await ended(3, 'slick', 3000)
      await store.records.commit([add(newRequest(4, { word: 'acorn' })), add(newRequest(5))], plainNote)
      for (const again of [false, true]) {
        if (again) await reopen()
        expect(await store.records.wordsSince(2000)).toEqual(
          new Map([
            ['slick', 3000],
            ['walnut', 2000],
          ]),
        )
      }
    })

    it('gives a request back as it was stored, by id, message and digest, also after a restart', async () => {
      const request = newRequest(1, {
        conversation: { platform: 'slack', tenant: 'T1', room: 'C1', thread: '171.2' },
        word: 'slick',
        answer: { text: 'ünï \u0000 code', blocks: [] },
        endedAt: 5,
      })
      expect(await store.records.commit([add(request)], plainNote)).toEqual([{ stored: true }])
      for (const again of [false, true]) {
        if (again) await reopen()
        const { records } = store
        expect(plain(await records.find(request.id))).toEqual(plain(request))
        expect(plain(await records.ofMessage(request.conversation, jhand, 'm-1'))).toEqual(plain(request))
        expect(plain(await records.ofDigest(digestOf(1)))).toEqual(plain(request))
        expect(plain(await records.live())).toEqual(plain([request]))
      }
    })

    it('keeps a request that has neither statement nor person', async () => {
      const { stated: _, person: __, ...request } = newRequest(1, { state: 'asking' })
      await store.records.commit([add(request)], plainNote)
      expect(await store.records.find(request.id)).toEqual(request)
    })

    it('knows a message by conversation, thread, account and id together', async () => {
      const { records } = store
      const conversation = { platform: 'slack', tenant: 'T1', room: 'C1', thread: '1' }
      await records.commit([add(newRequest(1, { conversation, message: 'm' }))], plainNote)
      expect(await records.ofMessage(conversation, jhand, 'm')).toBeDefined()
      expect(await records.ofMessage(conversation, { ...jhand, id: 'steve' }, 'm')).toBeUndefined()
      expect(await records.ofMessage(conversation, { ...jhand, tenant: 'T2' }, 'm')).toBeUndefined()
      expect(await records.ofMessage(conversation, jhand, 'n')).toBeUndefined()
      expect(await records.ofMessage({ ...conversation, thread: '2' }, jhand, 'm')).toBeUndefined()
      expect(await records.ofMessage({ ...conversation, tenant: 'T2' }, jhand, 'm')).toBeUndefined()
      expect(await records.ofMessage({ platform: 'slack', tenant: 'T1', room: 'C1' }, jhand, 'm')).toBeUndefined()
    })

    it('gives what waited for a yes and was done since a moment, oldest first', async () => {
      const consents: never[] = []
      const ended = (n: number, at: number, more = {}) =>
        newRequest(n, { state: 'done', endedAt: at, consents, ...more })
      const some = [
        ended(1, 100),
        ended(2, 99),
        ended(3, 200, { word: 'slick' }),
        ended(6, 200, { state: 'refused' }),
        newRequest(4, { consents }),
        newRequest(5, { state: 'done', endedAt: 300 }),
      ]
      await store.records.commit(
        some.map((one) => add(one)),
        plainNote,
      )
      for (const again of [false, true]) {
        if (again) await reopen()
        const since = (at: number) => store.records.doneSince(at)
        expect((await since(100)).map(({ id }) => id)).toEqual([idOf(1), idOf(3)])
        expect(await since(201)).toEqual([])
      }
    })

    it('makes one request of a message and of an id, in one commit or in two', async () => {
      const first = newRequest(1)
      const sameMessage = newRequest(2, { message: first.message })
      const sameId = newRequest(1, { message: 'm-9' })
      const stored = await store.records.commit([add(first), add(sameMessage), add(sameId)], plainNote)
      expect(stored.map((one) => one.stored)).toEqual([true, false, false])
      const later = await store.records.commit([add(sameMessage), add(sameId), add(newRequest(3))], plainNote)
      expect(later.map((one) => one.stored)).toEqual([false, false, true])
      expect((await store.records.live()).map(({ id }) => id)).toEqual([idOf(1), idOf(3)])
    })

    it('changes a request once: from the state and generation that it has', async () => {
      const request = newRequest(1)
      await store.records.commit([add(request)], plainNote)
      const stored = await store.records.commit(
        [
          set({ ...request, generation: 2 }, 'cancelled'),
          set({ ...request, state: 'asking' }, 'cancelled'),
          set(newRequest(7), 'cancelled'),
          set(request, 'expired', { endedAt: 9 }),
          set(request, 'cancelled'),
        ],
        plainNote,
      )
      expect(stored.map((one) => one.stored)).toEqual([false, false, false, true, false])
      expect(plain(await store.records.find(request.id))).toEqual(
        plain({ ...request, state: 'expired', generation: 2, endedAt: 9 }),
      )
      expect(await store.records.live()).toEqual([])
    })

    it('follows several changes of one request in one commit', async () => {
      const request = newRequest(1)
      const running = { ...request, state: 'running' as const, generation: 2 }
      const stored = await store.records.commit(
        [add(request), set(request, 'running'), set(running, 'done')],
        plainNote,
      )
      expect(stored.map((one) => one.stored)).toEqual([true, true, true])
      expect((await store.records.find(request.id))?.state).toBe('done')
    })

    it('appends the leaves of what held, in order, and seals the new end', async () => {
      const request = newRequest(1)
      const notes: number[] = []
      const stored = await store.records.commit(
        [add(request, eventLeaf(1)), add(request, eventLeaf(2)), { leaf: eventLeaf(3) }],
        (size, root) => {
          notes.push(size)
          return plainNote(size, root)
        },
      )
      expect(stored).toEqual([{ stored: true, index: 0 }, { stored: false }, { stored: true, index: 1 }])
      expect(notes).toEqual([2])
      const root = edgeRoot(
        grow(
          emptyEdge,
          [1, 3].map((n) => leafHash(eventLeaf(n).bytes)),
        ),
      )
      expect(plain(await store.records.seal())).toEqual(plain({ size: 2, root, note: plainNote(2, root) }))
      expect(sameHash(rootAt(2, store.log), root)).toBe(true)
    })

    it('asks for no note where nothing is appended', async () => {
      const note = (): string => expect.fail('nothing is there to seal')
      await store.records.commit([add(newRequest(1))], note)
      await store.records.commit([add(newRequest(1), eventLeaf(1))], note)
      await store.records.commit([], note)
      expect(store.log.size).toBe(0)
    })

    it('gives a sent request its warrant’s place, and keeps it when other leaves follow', async () => {
      const [request, warrant] = [newRequest(1), warrantOf(1)]
      const leaf = { bytes: warrantKind.pae(warrant) }
      await store.records.commit([{ leaf: eventLeaf(5) }, add(request)], plainNote)
      const [stored] = await store.records.commit(
        [set(request, 'running', { sent: { warrant, index: 0 } }, leaf)],
        plainNote,
      )
      expect(stored).toEqual({ stored: true, index: 1 })
      const running = await store.records.find(request.id)
      expect(plain(running?.sent)).toEqual(plain({ warrant: Buffer.from(warrant), index: 1 }))

      if (!running?.sent) throw new Error('it was sent')
      const sent = { ...running.sent, store: idOf(9), claimedAt: 7 }
      await store.records.commit([set(running, 'done', { sent }, eventLeaf(6))], plainNote)
      await reopen()
      const done = await store.records.find(request.id)
      expect(plain(done?.sent)).toEqual(
        plain({ warrant: Buffer.from(warrant), index: 1, store: idOf(9), claimedAt: 7 }),
      )
      expect(plain(done?.stated)).toEqual(plain(request.stated))
    })

    it('forgets a warrant that was sent when the request is asked anew, and takes the next one', async () => {
      const request = newRequest(1)
      const send = async (n: number, from = request) => {
        const leaf = { bytes: warrantKind.pae(warrantOf(n)) }
        await store.records.commit(
          [set(from, 'running', { sent: { warrant: warrantOf(n), index: 0 } }, leaf)],
          plainNote,
        )
      }
      await store.records.commit([add(request)], plainNote)
      await send(1)
      const { sent: _, ...rest } = (await store.records.find(request.id)) ?? request
      await store.records.commit(
        [{ from: { state: 'running', generation: 2 }, request: { ...rest, state: 'pending', generation: 3 } }],
        plainNote,
      )
      const anew = await store.records.find(request.id)
      expect(anew).not.toHaveProperty('sent')
      await send(2, anew)
      expect(plain((await store.records.find(request.id))?.sent)).toEqual(
        plain({ warrant: Buffer.from(warrantOf(2)), index: 1 }),
      )
    })

    it('proves each leaf and each earlier end, within and across tiles, also after a restart', async () => {
      const count = 600
      const leaves = Array.from({ length: count }, (_, n) => eventLeaf(n))
      const heads = [{ size: 0, root: emptyRoot }]
      for (let at = 0; at < count; at += 97) {
        const changes = leaves.slice(at, at + 97).map((leaf) => ({ leaf }))
        await store.records.commit(changes, (size, root) => {
          heads.push({ size, root })
          return plainNote(size, root)
        })
      }
      await reopen()
      await store.records.commit([{ leaf: eventLeaf(count) }], plainNote)
      const size = store.log.size
      const root = rootAt(size, store.log)
      expect(size).toBe(count + 1)
      expect(plain((await store.records.seal())?.root)).toEqual(plain(root))
      for (let n = 0; n < count; n += 13) {
        const leaf = leafHash(eventLeaf(n).bytes)
        expect(verifyInclusion(leaf, n, size, root, inclusionProof(n, size, store.log))).toBe(true)
      }
      for (const head of heads) {
        expect(sameHash(rootAt(head.size, store.log), head.root)).toBe(true)
        const proof = consistencyProof(head.size, size, store.log)
        expect(verifyConsistency(head.size, head.root, size, root, proof)).toBe(true)
      }
      expect(() => store.log.node(0, size)).toThrow()
      expect(() => store.log.node(10, 0)).toThrow()
    })

    it('stores nothing of a commit that fails, in memory or on disk, and goes on after it', async () => {
      await store.records.commit([add(newRequest(1), eventLeaf(1))], plainNote)
      const before = await store.records.seal()
      const broken = (): string => {
        throw new Error('no key')
      }
      const changes = [add(newRequest(2), eventLeaf(2)), set(newRequest(1), 'cancelled', {}, eventLeaf(3))]
      await expect(store.records.commit(changes, broken)).rejects.toThrow('no key')

      store.fillDisk()
      const many = Array.from({ length: 300 }, (_, n) => ({ leaf: eventLeaf(n) }))
      await expect(store.records.commit([...changes, ...many], plainNote)).rejects.toThrow()
      store.freeDisk()

      for (const again of [false, true]) {
        if (again) await reopen()
        expect(await store.records.seal()).toEqual(before)
        expect(store.log.size).toBe(1)
        expect(await store.records.find(idOf(2))).toBeUndefined()
        expect((await store.records.find(idOf(1)))?.state).toBe('pending')
      }
      const stored = await store.records.commit(changes, plainNote)
      expect(stored).toEqual([
        { stored: true, index: 1 },
        { stored: true, index: 2 },
      ])
      const root = edgeRoot(
        grow(
          emptyEdge,
          [1, 2, 3].map((n) => leafHash(eventLeaf(n).bytes)),
        ),
      )
      expect(sameHash(rootAt(3, store.log), root)).toBe(true)
    })

    it('keeps each key change once, with its leaf, in the order in which they came', async () => {
      const [first, second] = [keyChangeOf(1), keyChangeOf(2)]
      const told = (keyChange: KeptKeyChange, n: number) => ({ leaf: eventLeaf(n), keyChange })
      expect(await store.records.keyChanges()).toEqual([])
      await store.records.commit([told(second, 1)], plainNote)
      const stored = await store.records.commit([told(second, 2), told(first, 3)], plainNote)
      expect(stored).toEqual([{ stored: false }, { stored: true, index: 1 }])
      const signedAnew = { ...first, envelope: { ...first.envelope, signatures: second.envelope.signatures } }
      expect(await store.records.commit([told(signedAnew, 4)], plainNote)).toEqual([{ stored: false }])
      await reopen()
      expect(await store.records.keyChanges()).toEqual([second, first])
      expect(store.log.size).toBe(2)
    })

    it('keeps the words of a key change by who said them last, where those are others', async () => {
      const [first, second] = [keyChangeOf(1), keyChangeOf(2)]
      const byOthers = { ...first, by: [...first.by, ...second.by].map((signer) => ({ ...signer, person: 'dora' })) }
      for (const [n, keyChange] of [first, second].entries())
        await store.records.commit([{ leaf: eventLeaf(n + 1), keyChange }], plainNote)
      const stored = await store.records.commit([{ leaf: eventLeaf(3), keyChange: byOthers }], plainNote)
      expect(stored).toEqual([{ stored: true, index: 2 }])
      await reopen()
      expect(await store.records.keyChanges()).toEqual([byOthers, second])
    })

    it('keeps no key change of a commit that fails', async () => {
      const broken = (): string => {
        throw new Error('no key')
      }
      const change = { leaf: eventLeaf(1), keyChange: keyChangeOf(1) }
      await expect(store.records.commit([change], broken)).rejects.toThrow('no key')
      expect(await store.records.keyChanges()).toEqual([])
      expect(await store.records.commit([change], plainNote)).toEqual([{ stored: true, index: 0 }])
    })

    it('refuses a leaf that is larger than files can hold, and a change that is half of one', async () => {
      const leaf = { bytes: new Uint8Array(48 * 1024 + 1) }
      await expect(store.records.commit([{ leaf }], plainNote)).rejects.toThrow()
      await expect(store.records.commit([{ request: newRequest(1) }], plainNote)).rejects.toThrow()
      expect(store.log.size).toBe(0)
    })

    it('rejects once it is closed', async () => {
      const { records } = store
      await store.close()
      await expect(records.commit([{ leaf: eventLeaf(1) }], plainNote)).rejects.toThrow()
      store = await open()
    })
  })
}
