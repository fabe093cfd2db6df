import { setTimeout as after } from 'node:timers/promises'
import type { Company } from '../company.ts'

/** Milliseconds that a server may take to be there again. */
const patience = 30_000

/** Ends the server in the middle of whatever it does, and resolves when another can do all its work. */
export const restartServer = async (company: Company): Promise<void> => {
  const before = company.parts().server
  process.kill(before, 'SIGKILL')
  const until = Date.now() + patience
  while (Date.now() < until) {
    await after(50)
    if (before === serverOf(company)) continue
    const answer = await fetch(`${company.url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error(`the server was not back after ${patience} ms:\n${company.printed().slice(-2000)}`)
}

/** While it is started again, there is none. */
const serverOf = (company: Company): number | undefined => {
  try {
    return company.parts().server
  } catch {
    return undefined
  }
}
