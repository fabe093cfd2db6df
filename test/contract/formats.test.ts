import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attestedConsentKind, consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { openEntry } from '#core/log/entry.ts'
import { keyid, parseKey } from '#core/signature/key.ts'
import { loginKind } from '#core/signature/login.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { display } from '#core/statement/display.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { envelope } from '#core/statement/fields.ts'
import { type Kind, pae } from '#core/statement/kind.ts'
import { codeOf, statementKind } from '#core/statement/statement.ts'
import { runFoobot } from './log-folder.fixture.ts'

/** Bytes that every implementation of the formats must agree on. Each file was made by another program. */
const vectors = (file: string) => JSON.parse(readFileSync(new URL(`vectors/${file}`, import.meta.url), 'utf8'))
const formats = vectors('formats.json')
const more = vectors('statements.json')

const kinds = new Map<string, Kind<unknown>>(
  [statementKind, consentKind, attestedConsentKind, loginKind].map((kind) => [kind.name, kind]),
)
const kindOf = (name: string): Kind<unknown> => {
  const kind = kinds.get(name)
  if (!kind) throw new Error(`no kind ${name} here`)
  return kind
}

type Vector = {
  readonly kind: string
  readonly why: string
  readonly payload: string
  readonly payloadType: string
  readonly digest: string
  readonly leafHash: string
  readonly code: string
  readonly display: string
  readonly envelope: unknown
  readonly webauthnChallenge: string
}

const codeOfError = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return error instanceof FoobotError ? error.code : String(error)
  }
  return 'accepted'
}

const statements: readonly Vector[] = [...formats.statements, ...more.statements]
const hashed: readonly Vector[] = [...statements, ...formats.consents]
const refused: readonly Vector[] = [...formats.refuse, ...more.refuse]

describe('statements', () => {
  it.each(statements)('display, and code $code, of $why', (vector) => {
    const body = Buffer.from(vector.payload, 'base64')
    const statement = statementKind.decode(body)
    expect(display(statement)).toBe(vector.display)
    expect(codeOf(statementKind.digest(body))).toBe(vector.code)
  })

  it.each(statements)('display of $code is printable ASCII, one line a field', (vector) => {
    expect(vector.display).toMatch(/^(?:[a-zA-Z0-9.]+: [ -~]+\n)+$/)
  })

  it.each(hashed)('digest and leaf hash of $kind $digest', (vector) => {
    const kind = kindOf(vector.kind)
    const body = Buffer.from(vector.payload, 'base64')
    expect(kind.digest(body)).toBe(vector.digest)
    expect(createHash('sha256').update(Buffer.of(0)).update(kind.pae(body)).digest('hex')).toBe(vector.leafHash)
  })
})

describe('consents', () => {
  const [{ line, keyid: hint }] = formats.keys
  const key = parseKey(line)

  it('names keys by the SHA-256 of their text', () => {
    expect(keyid(key)).toBe(hint)
  })

  it.each(formats.consents as Vector[])('opens the envelope of $digest', (vector) => {
    const parsed = envelope.parse(vector.envelope)
    const letter = openEnvelope(consentKind, parsed, () => [key])
    expect(letter.proofs).toEqual([{ key, strength: 'software' }])
    expect(letter.digest).toBe(vector.digest)
    expect(parsed.payloadType).toBe(vector.payloadType)
    expect(Buffer.from(letter.digest, 'hex').toString('base64url')).toBe(vector.webauthnChallenge)
  })
})

describe('refusals', () => {
  it('are many', () => {
    expect(refused.length).toBeGreaterThan(70)
  })

  it.each(refused)('$kind: $why', (vector) => {
    expect(codeOfError(() => kindOf(vector.kind).decode(Buffer.from(vector.payload, 'base64')))).toBe(
      'payload-malformed',
    )
  })

  it('of an envelope: its bytes have one text, its type one kind', () => {
    expect(readEnvelope(consentKind, envelope.parse(more.envelopes.accept)).value.person).toBe('mansel')
    for (const { kind, why, envelope: bad } of more.envelopes.refuse) {
      const parsed = envelope.safeParse(bad)
      if (parsed.success)
        expect(
          codeOfError(() => readEnvelope(kindOf(kind), parsed.data)),
          why,
        ).toBe('payload-malformed')
    }
  })
})

describe('what an older version wrote', () => {
  it('is refused as such: a signed object, and a leaf of the log', () => {
    const { payloadType, ...rest } = more.envelopes.accept
    const body = Buffer.from(rest.payload, 'base64')
    const before = payloadType.replace('.v2+json', '.v1+json')
    expect(before).not.toBe(payloadType)
    expect(codeOfError(() => readEnvelope(consentKind, envelope.parse({ ...rest, payloadType: before })))).toBe(
      'older-format',
    )
    expect(codeOfError(() => openEntry(pae(before, body)))).toBe('older-format')
  })

  it('is refused as such: a proof', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'older-'))
    const file = join(folder, 'proof.json')
    const root = join(folder, 'root.yaml')
    writeFileSync(file, JSON.stringify({ v: 1, deployment: 'acme', checkpoint: '', warrant: {}, bundles: [] }))
    const key = formats.keys[0].line
    writeFileSync(root, `deployment: acme\nroot: { threshold: 1, administrators: [{ person: ann, key: "${key}" }] }\n`)
    const { err, exit } = await runFoobot('verify', file, '--root', root)
    rmSync(folder, { recursive: true })
    expect(err).toContain('An older Foobot, from before the first release, wrote this')
    expect(exit).not.toBe(0)
  })
})
