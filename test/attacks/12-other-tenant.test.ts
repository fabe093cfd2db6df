import { afterEach, describe, expect, it } from 'vitest'
import { dial } from '#client/dial.ts'
import { Client } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/** The same name in another company is somebody else. */

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

describe('the same account of another tenant', () => {
  it('does not get in with the key that it has there', async () => {
    const [here, there] = await Promise.all([Door.open(), Door.open({ deployment: 'other' })])
    open.push(here, there)
    const key = there.signerOf('jhand')
    expect(here.signerOf('jhand').key).not.toBe(key.key)
    const dialled = dial({
      server: here.http.url,
      person: 'jhand',
      signer: key,
      clock: Date.now,
      hear: () => undefined,
      left: () => undefined,
    })
    await expect(dialled).rejects.toMatchObject({ code: 'login-refused' })
    expect(here.heard).toEqual([])
  })

  it('is told apart in each message: its tenant goes with it, whatever the client says', async () => {
    const [acme, other] = await Promise.all([Door.open(), Door.open({ deployment: 'other' })])
    open.push(acme, other)
    const [ours, theirs] = await Promise.all([Client.open(acme, 'jhand'), Client.open(other, 'jhand')])
    await ours.ask('devs', 'Foobot hello')
    await theirs.ask('devs', 'Foobot hello')
    ours.connection.close()
    theirs.connection.close()
    expect(acme.heard.map(({ conversation }) => conversation.tenant)).toEqual(['acme'])
    expect(other.heard.map(({ conversation }) => conversation.tenant)).toEqual(['other'])
  })

  it('hears no reply that is for another tenant’s conversation', async () => {
    const acme = await Door.open()
    open.push(acme)
    const jhand = await Client.open(acme, 'jhand', 'devs')
    const sent = ['other', 'ACME', ''].map((tenant) =>
      acme.native.send({ platform: 'native', tenant, room: 'devs' }, { text: 'secret', blocks: [] }, {}),
    )
    expect((await Promise.allSettled(sent)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await jhand.ask('devs', 'Foobot hello')
    expect(jhand.texts('devs')).not.toContain('secret')
    jhand.connection.close()
  })
})
