import { Findings } from '#config/complaint.ts'
import type { Company } from '#core/bundle/company.ts'
import { check } from '#core/policy/check.ts'

/**
 * Goes through a company's policies as `foobot policy check` does, before anybody signs or activates them.
 * @returns its soft spots, to be shown; empty where there are none
 * @throws Findings `policy-refused` with each policy that is wrong, by file, place and name
 */
export const checkedPolicy = (company: Company): readonly string[] => {
  const { complaints, softSpots } = check(company)
  const refused = complaints.filter(({ weight }) => weight === 'refused').map(({ policy, say }) => `${policy}: ${say}`)
  if (refused.length > 0)
    throw new Findings('policy-refused', refused, (count) => `and ${count} more: foobot policy check`)
  if (softSpots.length === 0) return []
  return [
    'Soft spots, where one person or part reaches further than its tier:',
    ...softSpots.map(({ name, say, accepted }) => {
      const how = accepted === undefined ? 'not accepted in company.yaml' : `accepted: ${accepted}`
      return `  ${name} (${how}): ${say}`
    }),
    '',
  ]
}
