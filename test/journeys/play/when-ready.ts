import { setTimeout as after } from 'node:timers/promises'
import type { Company } from '../company.ts'

/** Milliseconds that a server may take to be ready. */
const patience = 30_000

/** Resolves when the server can do all its work, with runners that hold the rules in force. */
export const whenReady = async (company: Company): Promise<void> => {
  const until = Date.now() + patience
  while (Date.now() < until) {
    const answer = await fetch(`${company.url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await after(50)
  }
  throw new Error(`the server was not ready after ${patience} ms:\n${company.printed().slice(-2000)}`)
}
