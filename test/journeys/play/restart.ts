import { setTimeout as after } from 'node:timers/promises'
import type { Company } from '../company.ts'
import { whenReady } from './when-ready.ts'

/** Ends the server in the middle of whatever it does, and resolves when another can do all its work. */
export const restartServer = async (company: Company): Promise<void> => {
  const before = company.parts().server
  process.kill(before, 'SIGKILL')
  while ([before, undefined].includes(serverOf(company))) await after(20)
  await whenReady(company)
}

/** While it is started again, there is none. */
const serverOf = (company: Company): number | undefined => {
  try {
    return company.parts().server
  } catch {
    return undefined
  }
}
