import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '#client/connection.ts'
import { findSigners } from '#client/find-signer.ts'
import { Phone } from '#client/phone.ts'
import { registerPhone } from '#client/register-phone.ts'

const unheard = { heard: () => undefined, lost: () => undefined, back: () => undefined, gone: () => undefined }

/** Has the server wake the phones of everybody in the example company, each registered by its owner's demo key. */
export const registerPhones = async (data: string, server: string): Promise<void> => {
  const folder = join(data, 'sandbox', 'phone')
  if (!existsSync(folder)) return
  const people = readdirSync(folder).flatMap((file) => /^(.+)\.passkey$/.exec(file)?.[1] ?? [])
  // Who has taken the demo key away registers a phone of their own.
  const known = people.filter((person) => existsSync(join(data, 'keys', person)))
  await Promise.all(known.map((person) => register(person, data, server)))
}

const register = async (person: string, data: string, server: string): Promise<void> => {
  const connection = new Connection({
    server,
    person,
    signers: await findSigners({ person, data, keyFile: join(data, 'keys', person) }),
    clock: Date.now,
    newId: () => randomBytes(12).toString('hex'),
    keepTrying: 0,
    ears: unheard,
  })
  try {
    await connection.open()
    await registerPhone(connection, Phone.of(person, data))
  } finally {
    connection.close()
  }
}
