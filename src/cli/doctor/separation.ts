import { lookup } from 'node:dns/promises'
import { networkInterfaces, userInfo } from 'node:os'
import { join } from 'node:path'
import { isLoopback } from '#config/address.ts'
import { readRunnerConfig } from '#config/runner.ts'
import { readServerConfig } from '#config/server.ts'
import type { Company } from '#core/bundle/company.ts'
import type { Check, Finding } from './finding.ts'
import { statsOf } from './permissions.ts'

/** What `accepted` in company.yaml calls it. */
const oneUser = 'one machine, one user'

/** Parts that are one party, since one user or one machine holds them. */
export const checkSeparation: Check = async (subject) => [
  ...users(join(subject.data, 'server', 'server.yaml'), subject.runners, subject.company),
  ...(await desks(subject.company)),
]

/** Who owns its key is a part. */
const users = (serverFile: string, runners: readonly string[], company: Company | undefined): Finding[] => {
  const parts = [
    { part: 'server', uid: statsOf(readServerConfig(serverFile).logKey)?.uid },
    ...runners
      .filter((file) => statsOf(file))
      .map((file) => readRunnerConfig(file))
      .map(({ name, key }) => ({ part: `runner ${name}`, uid: statsOf(key)?.uid })),
  ]
  const together = [...Map.groupBy(parts, ({ uid }) => uid)].filter(([uid, of]) => uid !== undefined && of.length > 1)
  if (together.length === 0) return [{ about: 'users', level: 'ok', say: 'no two parts are one user here' }]
  return together.map(([uid = 0, of]) => ({
    about: 'users',
    level: 'fail',
    say: `${listed.format(of.map(({ part }) => part))} are one user, ${nameOf(uid)}: who is that user is all of them${accepted(company, oneUser)}. Give each a user or machine of its own: docs/operating.md.`,
  }))
}

const listed = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' })

const nameOf = (uid: number): string => (uid === userInfo().uid ? userInfo().username : `number ${uid}`)

/** A soft spot that was accepted is one all the same. */
export const accepted = (company: Company | undefined, name: string): string => {
  const reason = company?.accepted.get(name)
  return reason === undefined ? '' : ` (accepted: ${reason})`
}

/** The desk shows what is signed: a server that shares its machine could show something else. */
const desks = async (company: Company | undefined): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const origin of company?.desks.keys() ?? []) {
    if (!(await isHere(new URL(origin).hostname))) continue
    const say = `The desk ${origin} is on the server’s machine: who owns that machine chooses what people are shown when they sign. Put the desk on another.`
    findings.push({ about: 'desk', level: 'fail', say })
  }
  return findings
}

const isHere = async (host: string): Promise<boolean> => {
  if (isLoopback(host)) return true
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []))
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.some(({ address }) => own.has(address))
}
