/** One kind of record: its fields, what it belongs to, and what belongs to it. */
export type Kind = {
  readonly fields: readonly string[]
  /** Relationship to the field that holds the id, and the kind there. */
  readonly parents: Readonly<Record<string, readonly [field: string, kind: string]>>
  /** Relationship to the kind there, and its field that holds our id. */
  readonly children: Readonly<Record<string, readonly [kind: string, field: string]>>
}

export type Row = Readonly<Record<string, string | null>>

/** What of the vendor's standard objects is known here. */
export const kinds: Readonly<Record<string, Kind>> = {
  Account: { fields: ['Id', 'Name'], parents: {}, children: { Cases: ['Case', 'AccountId'] } },
  Case: {
    fields: ['Id', 'CaseNumber', 'Subject', 'AccountId', 'CreatedDate', 'LastModifiedDate'],
    parents: { Account: ['AccountId', 'Account'] },
    children: { CaseComments: ['CaseComment', 'ParentId'], EmailMessages: ['EmailMessage', 'ParentId'] },
  },
  CaseComment: { fields: ['Id', 'ParentId', 'CreatedDate'], parents: { Parent: ['ParentId', 'Case'] }, children: {} },
  EmailMessage: {
    fields: ['Id', 'ParentId', 'Status', 'MessageDate'],
    parents: { Parent: ['ParentId', 'Case'] },
    children: {},
  },
  Lead: { fields: ['Id', 'LeadSource', 'Status', 'CreatedDate'], parents: {}, children: {} },
  Campaign: { fields: ['Id', 'Name'], parents: {}, children: {} },
  CampaignMember: {
    fields: ['Id', 'CampaignId', 'LeadId', 'CreatedDate'],
    parents: { Campaign: ['CampaignId', 'Campaign'], Lead: ['LeadId', 'Lead'] },
    children: {},
  },
}

/** A name in any case, as it is spelt. */
export const spelt = (names: Iterable<string>, name: string): string | undefined =>
  [...names].find((one) => one.toLowerCase() === name.toLowerCase())
