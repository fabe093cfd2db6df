import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bytesOf } from '#client/asked.fixture.ts'
import { answerWake, type Letter, openWake } from '../../sandbox/phone/wake.ts'

/** A server shows one command on a phone, and hands out another when its owner has typed the number. */

// DEFENCE sandbox/phone/wake.ts
// - if (looked.shown !== shown) return { say: notShown, over: true, signed: false }

// DEFENCE sandbox/phone/wake.ts
// - return looked.shown === letter.shown ? looked.sheet : undefined
// + letter.shown = looked.shown
// + return looked.sheet

const owner = {
  person: 'jhand',
  passkey: generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64'),
  desk: 'http://desk.localhost:1',
}
const life = { iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 300 }

let server: Server
let handsOut: Uint8Array
let handedIn: number
let letter: Letter
beforeEach(async () => {
  handsOut = bytesOf(life)
  handedIn = 0
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (data) => {
      text += data
    })
    request.on('end', () => {
      if (request.url === '/present') handedIn += 1
      response.end(JSON.stringify(answerTo(request.url, JSON.parse(text))))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  letter = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, wake: 'w' }
})
afterEach(() => void server.close())

const answerTo = (path: string | undefined, { ask }: { readonly ask?: string }): object => {
  if (path === '/present') return { accepted: true, say: 'Signed.' }
  if (ask === 'answer') return { type: 'right' }
  const statement = Buffer.from(handsOut).toString('base64')
  return { type: 'statement', person: 'jhand', as: 'requester', statement, asks: 'number' }
}

it('what was shown is signed', async () => {
  expect(await openWake(letter, owner)).toMatchObject({ as: 'requester' })
  expect(await answerWake(letter, '307', owner)).toMatchObject({ signed: true })
  expect(handedIn).toBe(1)
})

it('nothing else is, also where it was looked at again meanwhile', async () => {
  await openWake(letter, owner)
  handsOut = bytesOf({ ...life, text: 'upgrade Evil to Enterprise' })
  expect(await openWake(letter, owner)).toBeUndefined()
  const { say, signed } = await answerWake(letter, '307', owner)
  expect({ handedIn, signed }).toEqual({ handedIn: 0, signed: false })
  expect(say).toContain('another command than the one that was shown here')
})

it('nor what was never shown', async () => {
  expect(await answerWake(letter, '307', owner)).toMatchObject({ signed: false })
  expect(handedIn).toBe(0)
})
