import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { rootAt } from '#core/log/proofs.ts'
import { type LogFolder, makeLogFolder, runFoobot } from './log-folder.fixture.ts'

let folder: LogFolder
beforeAll(async () => {
  folder = await makeLogFolder()
})
afterAll(async () => {
  await folder.storage.close()
  rmSync(folder.data, { recursive: true })
})

const foobot = (...args: readonly string[]) => runFoobot(...args, '--data', folder.data)

describe('foobot log, beside the server that holds the database', () => {
  it('verify says that the log is whole', async () => {
    const { out, err, exit } = await foobot('log', 'verify')
    expect([err, exit]).toEqual(['', 0])
    expect(out).toContain(`The log of ${folder.storage.log.size} leaves is whole.`)
    expect(JSON.parse((await foobot('log', 'verify', '--json')).out)).toMatchObject({ size: folder.storage.log.size })
  })

  it('verify takes the key from elsewhere, and refuses another', async () => {
    expect((await foobot('log', 'verify', '--key', folder.logKey)).exit).toBe(0)
    const other = `ed25519 ${Buffer.alloc(32, 9).toString('base64')}`
    expect(await foobot('log', 'verify', '--key', other)).toMatchObject({ exit: 1, out: '' })
  })

  it('verify demands that the log extends a checkpoint that was kept', async () => {
    const kept = join(folder.data, 'kept')
    writeFileSync(kept, folder.note(3, rootAt(3, folder.storage.log)))
    expect((await foobot('log', 'verify', '--checkpoint', kept)).out).toContain('extends the 3 of the checkpoint')
    writeFileSync(kept, folder.note(3, rootAt(2, folder.storage.log)))
    expect(await foobot('log', 'verify', '--checkpoint', kept)).toMatchObject({ exit: 1, out: '' })
    writeFileSync(kept, folder.note(99, rootAt(2, folder.storage.log)))
    expect((await foobot('log', 'verify', '--checkpoint', kept)).err).toContain('had 99')
  })

  it('verify takes the last checkpoint out of a runner’s claims', async () => {
    const claims = join(folder.data, 'claims')
    const line = (size: number) =>
      `0123456789abcdef ${JSON.stringify({ checkpoint: folder.note(size, rootAt(size, folder.storage.log)) })}\n`
    writeFileSync(claims, `0123456789abcdef {"seen":1}\n${line(2)}${line(4)}0123456789abcdef {"seen":2}\n`)
    expect((await foobot('log', 'verify', '--checkpoint', claims)).out).toContain('extends the 4 of')
    writeFileSync(claims, line(4).replace('acme/log\\n4', 'acme/log\\n5'))
    expect((await foobot('log', 'verify', '--checkpoint', claims)).exit).toBe(1)
  })

  it('show prints all that happened to one request, and nothing of others', async () => {
    const { out, exit } = await foobot('log', 'show', folder.code)
    expect(exit).toBe(0)
    expect(out).toContain('asked')
    expect(out).toContain('  text: "push"\n  requester: "jane"\n')
    expect(out).toContain('done, by runner delivery')
    expect(out).not.toContain('fiona')
    expect(await foobot('log', 'show', '0000-0000')).toMatchObject({ exit: 1, out: '' })
    expect((await foobot('log', 'show', 'slick')).exit).toBe(2)
  })

  it('proof writes what verify reads with the administrators’ keys alone', async () => {
    const proof = join(folder.data, 'proof.json')
    expect((await foobot('log', 'proof', folder.code, '--out', proof)).err).toBe('')
    const { out, err, exit } = await runFoobot('verify', proof, '--root', folder.root)
    expect([err, exit]).toEqual(['', 0])
    expect(out).toContain('receipt says: done')
    expect(out).toContain(
      'Not checked, since no paper shows it: definition, resource, claim, keys removed that this file does not tell of.',
    )
  })

  it('verify refuses a proof in which anything was changed', async () => {
    const proof = join(folder.data, 'proof.json')
    await foobot('log', 'proof', folder.code, '--out', proof)
    const good = JSON.parse(readFileSync(proof, 'utf8'))
    const other = 'e'.repeat(64)
    const [bundle] = good.bundles
    const forged: readonly object[] = [
      { deployment: 'evil', warrant: { ...good.warrant, payload: Buffer.from('{}').toString('base64') } },
      { warrant: { ...good.warrant, index: good.warrant.index + 1 } },
      { warrant: { ...good.warrant, path: [other, ...good.warrant.path.slice(1)] } },
      { receipts: { ...good.receipts, path: [other, ...good.receipts.path.slice(1)] } },
      {
        receipts: {
          ...good.receipts,
          envelope: { ...good.receipts.envelope, signatures: [{ keyid: 'k', sig: 'AAAA' }] },
        },
      },
      { checkpoint: good.checkpoint.replace('\n6\n', '\n7\n') },
      {
        bundles: [
          { ...bundle, files: { ...bundle.files, 'groups.yaml': Buffer.from('Devs: []\n').toString('base64') } },
        ],
      },
      { more: 1 },
    ]
    for (const change of forged) {
      writeFileSync(proof, JSON.stringify({ ...good, ...change }))
      const { exit, out } = await runFoobot('verify', proof, '--root', folder.root)
      expect([exit > 0, out], JSON.stringify(change)).toEqual([true, ''])
    }
    writeFileSync(proof, JSON.stringify(good))
    const stranger = join(folder.data, 'stranger.yaml')
    writeFileSync(stranger, readFileSync(folder.root, 'utf8').replace('deployment: acme', 'deployment: other'))
    expect((await runFoobot('verify', proof, '--root', stranger)).exit).toBe(1)
  })

  it('tail prints the last leaves and each new one, and stops where the log turns into another', async () => {
    const kept = readFileSync(join(folder.data, 'log', 'checkpoint'))
    const size = folder.storage.log.size
    const tail = foobot('log', 'tail', '--lines', '2')
    const printed = (lines: number) => () => expect(vi.mocked(console.log).mock.calls).toHaveLength(lines)
    await vi.waitFor(printed(2), 5000)
    await folder.append(1)
    await vi.waitFor(printed(3), 5000)
    writeFileSync(join(folder.data, 'log', 'checkpoint'), kept)
    const { out, err, exit } = await tail
    expect(out.match(/^ +\d+/gm)?.map(Number)).toEqual([size - 2, size - 1, size])
    expect(out).toContain('refused  fiona')
    expect([exit, err]).toEqual([1, expect.stringContaining('foobot: The log is another')])
    await folder.append(1)
  })

  it('says in one line where there is no log', async () => {
    const { err, exit } = await runFoobot('log', 'verify', '--data', join(folder.data, 'nowhere'))
    expect(exit).toBe(1)
    expect(err).toMatch(/^foobot: .*--data DIR.*\n$/)
  })
})
