import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bot, testBot } from '../../src/testing.ts'

let bot: Bot
beforeAll(async () => {
  bot = await testBot({
    plugin: join(import.meta.dirname, 'plugins', 'billing'),
    config: { plans: { AcmeOps: 'Free' } },
    people: { steve: ['Support'], fiona: ['Finance'] },
    policy: 'permit (principal in Group::"Support", action == Action::"upgrade", resource);',
    owners: { support: 'Support' },
  })
})
afterAll(() => bot.close())

it('runs a command for who may', async () => {
  expect(await bot.says('upgrade AcmeOps to pro', { as: 'steve' })).toMatchObject({
    state: 'done',
    text: 'Upgraded AcmeOps from Free to a Pro account!',
    command: 'upgrade AcmeOps to Pro',
  })
  expect(await bot.says('plan of AcmeOps', { as: 'fiona' })).toMatchObject({ text: 'AcmeOps has the plan Pro.' })
})

it('refuses who may not', async () => {
  const { state, text } = await bot.says('upgrade AcmeOps to Free', { as: 'fiona' })
  expect(state).toBe('refused')
  expect(text).toContain('it is not yours here')
})

it('fails with the sentence of the system where there is no such target', async () => {
  expect(await bot.says('upgrade Nobody to Pro', { as: 'steve' })).toMatchObject({
    state: 'failed',
    text: 'There is no customer Nobody.',
  })
})

it('refuses a plugin whose configuration is not right', async () => {
  const wrong = testBot({ plugin: join(import.meta.dirname, 'plugins', 'billing'), config: {}, people: {} })
  await expect(wrong).rejects.toThrow('plans')
})
