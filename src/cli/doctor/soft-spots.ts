import type { Company } from '#core/bundle/company.ts'
import { check } from '#core/policy/check.ts'
import type { Check, Finding } from './finding.ts'

/** Where one person or one part reaches further than its tier. That the company has accepted one does not make it hard. */
export const checkSoftSpots: Check = ({ company }) => {
  if (!company) return []
  const { softSpots, complaints } = check(company)
  const findings: Finding[] = [
    ...complaints.map(({ policy, say, weight }): Finding => {
      return { about: 'policy', level: weight === 'slow' ? 'warn' : 'fail', say: `${policy}: ${say}` }
    }),
    ...softSpots.map(({ name, say, accepted }): Finding => {
      const how = accepted === undefined ? '' : ` (accepted: ${accepted})`
      return { about: 'soft spot', level: 'fail', say: `${name}${how}: ${say}` }
    }),
    ...exceptions(company),
  ]
  return findings.length > 0 ? findings : [{ about: 'soft spots', level: 'ok', say: 'none' }]
}

/** What the bundle allows over and above the rule. */
const exceptions = ({ desks }: Company): Finding[] => [
  ...[...desks]
    .filter(([, { tier }]) => tier === 'critical')
    .map(([origin]): Finding => {
      const say = `The desk ${origin} may sign critical commands, where dangerous ones are the rule: who changes what it serves reaches those.`
      return { about: 'exception', level: 'warn', say }
    }),
]
