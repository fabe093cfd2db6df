import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Consent } from '#core/consent/consent.ts'
import { consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { type OpenLetter, openEnvelope } from '#core/signature/open.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import { makeDesk } from '#http/desk.ts'
import { makeHttp } from '#http/server.ts'
import { deskFiles } from '#processes/desk-files.ts'
import { freePort } from '#processes/free-port.ts'
import type { KnownPasskey } from './browser.fixture.ts'

export type Place = {
  readonly desk: string
  readonly server: string
  /** What was handed in, newest last. */
  readonly presented: readonly Envelope[]
  /** Consents that hold, by keys and origins as a server knows them. */
  readonly accepted: readonly OpenLetter<Consent>[]
  close(): Promise<void>
}

/**
 * A desk and a server beside it.
 * @param keys of the people who may sign
 * @param listed whether the bundle lists this desk
 */
export const placeOf = async (keys: readonly Key[], listed = true): Promise<Place> => {
  const port = await freePort()
  const desk = `http://desk.localhost:${port}`
  const origins = listed ? [desk] : ['http://desk.localhost:1']
  const presented: Envelope[] = []
  const accepted: OpenLetter<Consent>[] = []
  const http = await makeHttp({
    host: '127.0.0.1',
    port: 0,
    clock: Date.now,
    newNonce: () => '0'.repeat(32),
    deployment: 'acme',
    companyName: () => 'Acme',
    personKeys: () => [],
    ready: () => true,
    native: () => undefined,
    deskOrigins: () => origins,
    present: async (envelope) => {
      presented.push(envelope)
      try {
        accepted.push(openEnvelope(consentKind, envelope, () => keys, { origins }))
        return { accepted: true, say: 'Approved. It is running: look at ops.' }
      } catch (error) {
        if (!(error instanceof FoobotError)) throw error
        return { accepted: false, say: error.say }
      }
    },
    log: { info: () => undefined },
  })
  const files = deskFiles()
  const served = await makeDesk({ clock: Date.now, origin: desk, server: http.url, host: '127.0.0.1', port, files })
  return {
    desk,
    server: http.url,
    presented,
    accepted,
    close: async () => {
      await served.close()
      await http.close()
    },
  }
}

/** A passkey whose private half a virtual authenticator can be given. */
export const makeKnownPasskey = (): KnownPasskey & { readonly key: Key } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return {
    id: randomBytes(16).toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    key: parseKey(`webauthn ${spki.toString('base64')}`),
  }
}

export const statementOf = (change: Partial<Statement> = {}): Uint8Array => {
  const now = Math.floor(Date.now() / 1000)
  return statementKind.encode({
    v: 2,
    id: '000102030405060708090a0b0c0d0e0f',
    deployment: 'acme',
    bundle: 1,
    runner: 'operations',
    command: 'rebuild',
    definition: 'ab'.repeat(32),
    tier: 'dangerous',
    text: 'rebuild svr-1827 role=web',
    resource: { type: 'Server', id: 'svr-1827', owner: 'backend', facts: { role: 'backend', cores: 8 } },
    requester: 'mansel',
    via: { platform: 'native', tenant: 'acme', account: 'mansel', room: 'ops', message: 'm-1' },
    iat: now,
    exp: now + 3600,
    ...change,
  })
}

/** A link as Foobot makes it: bianca approves for Backend. */
export const linkTo = ({ desk, server }: Place, statement: Uint8Array, change: Record<string, string> = {}): string => {
  const fields = { person: 'bianca', as: 'approver', group: 'Backend', server, ...change }
  const consent = Buffer.from(statement).toString('base64url')
  return `${desk}/#${new URLSearchParams({ consent, ...fields })}`
}
