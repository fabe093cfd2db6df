import type { Row } from './schema.ts'

type Add = (kind: string, row: Row & { readonly Id: string }) => void

/** The beginning of an id says what it is of, as the vendor's do. */
const prefixes: Readonly<Record<string, string>> = {
  Account: '001',
  Lead: '00Q',
  CampaignMember: '00v',
  CaseComment: '00a',
  EmailMessage: '02s',
  Case: '500',
  Campaign: '701',
}

const idOf = (kind: string, number: number): string => `${prefixes[kind]}5e${String(number).padStart(13, '0')}`

/** When a support case was last talked of. The first is the slide's. */
const cases: readonly (readonly [account: string, number: string, made: string, comment?: string, email?: string])[] = [
  ['Rackspace', '00005605', '2015-02-20T16:12:00.000Z', '2015-02-23T09:00:00.000Z', '2015-02-24T18:04:00.000Z'],
  ['Rackspace', '00004410', '2014-11-03T11:00:00.000Z', '2014-11-05T15:30:00.000Z'],
  ['EpicGames', '00005711', '2015-03-02T04:30:00.000Z'],
]
const accounts = [
  'Rackspace',
  'Rackspace Hosting UK',
  'EpicGames',
  'AcmeOps',
  "O'Reilly & Sons",
  '100% Cotton',
  'Back\\Slash',
]

/** Leads of one quarter by the campaign that brought them, with how many of them are qualified. */
const campaigns: readonly (readonly [name: string, members: number, qualified: number])[] = [
  ['#ControlCall', 437, 403],
  ['#OnCallSucks', 212, 212],
  ['DevOpsDays', 97, 58],
]
const sources = ['Web', 'Web', 'Trade Show', 'Partner Referral', null]

/** Fills an empty database: the quarter of the talk, and the same quarter of the year in which it is made. */
export const fill = (year: number, more: number, add: Add): void => {
  for (const [number, name] of accounts.entries()) add('Account', { Id: idOf('Account', number), Name: name })
  for (const [number, [account, caseNumber, made, comment, email]] of cases.entries()) {
    const [id, AccountId] = [idOf('Case', number), idOf('Account', accounts.indexOf(account))]
    const LastModifiedDate = email ?? comment ?? made
    add('Case', {
      Id: id,
      CaseNumber: caseNumber,
      Subject: 'It is down',
      AccountId,
      CreatedDate: made,
      LastModifiedDate,
    })
    if (comment) add('CaseComment', { Id: idOf('CaseComment', number), ParentId: id, CreatedDate: comment })
    if (email) add('EmailMessage', { Id: idOf('EmailMessage', number), ParentId: id, Status: '3', MessageDate: email })
    // Nobody has sent these: one has no date, one a date after all others.
    for (const [index, MessageDate] of [null, '2030-01-01T00:00:00.000Z'].entries()) {
      const Id = idOf('EmailMessage', 100 + 2 * number + index)
      add('EmailMessage', { Id, ParentId: id, Status: '5', MessageDate })
    }
  }
  for (const [number, [name]] of campaigns.entries()) add('Campaign', { Id: idOf('Campaign', number), Name: name })
  let next = 0
  for (const one of new Set([2015, year])) next = fillQuarter(one, next, add)
  const CreatedDate = '2015-05-15T12:00:00.000Z'
  for (let number = next; number < next + more; number++)
    add('Lead', { Id: idOf('Lead', number), LeadSource: 'Web', Status: 'Open', CreatedDate })
}

/** The second quarter in Denver, to its first and last second; and a lead just before and just after it. */
const fillQuarter = (year: number, from: number, add: Add): number => {
  const [begins, ends] = [Date.UTC(year, 3, 1, 6), Date.UTC(year, 6, 1, 6)]
  const brought = campaigns.flatMap(([_, members, qualified], campaign) =>
    Array.from({ length: members }, (_, index) => ({ campaign, isQualified: index < qualified })),
  )
  const step = (ends - 1000 - begins) / (brought.length - 1)
  const all = [
    ...brought.map((one, index) => ({ ...one, at: begins + Math.round((step * index) / 1000) * 1000 })),
    { campaign: 0, isQualified: true, at: begins - 1000 },
    { campaign: 0, isQualified: true, at: ends },
  ]
  for (const [index, { campaign, isQualified, at }] of all.entries()) {
    const [number, CreatedDate] = [from + index, new Date(at).toISOString()]
    const [LeadId, Status] = [idOf('Lead', number), isQualified ? 'Qualified' : 'Open']
    add('Lead', { Id: LeadId, LeadSource: sources[index % sources.length] ?? null, Status, CreatedDate })
    const CampaignId = idOf('Campaign', campaign)
    add('CampaignMember', { Id: idOf('CampaignMember', number), CampaignId, LeadId, CreatedDate })
  }
  return from + all.length
}
