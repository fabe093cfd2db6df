import { describe, expect, it } from 'vitest'
import type { Row } from '../schema.ts'
import { parseQuery } from './parse.ts'
import { runQuery } from './run.ts'

const data: Readonly<Record<string, readonly Row[]>> = {
  Account: [
    { Id: '1', Name: 'Rackspace' },
    { Id: '2', Name: "O'Reilly" },
    { Id: '3', Name: '100% Cotton_x' },
    { Id: '4', Name: '100 Cotton-x' },
  ],
  Case: [
    { Id: 'c1', CaseNumber: '7', AccountId: '1', CreatedDate: '2015-02-20T00:00:00.000Z' },
    { Id: 'c2', CaseNumber: '8', AccountId: '1', CreatedDate: '2015-01-20T00:00:00.000Z' },
    { Id: 'c3', CaseNumber: '9', AccountId: null, CreatedDate: '2015-03-20T00:00:00.000Z' },
  ],
  CaseComment: [
    { Id: 'k1', ParentId: 'c1', CreatedDate: '2015-02-21T00:00:00.000Z' },
    { Id: 'k2', ParentId: 'c1', CreatedDate: '2015-02-22T00:00:00.000Z' },
  ],
}
const records = {
  all: (kind: string) => data[kind] ?? [],
  one: (kind: string, id: string) => data[kind]?.find((row) => row.Id === id),
}
const run = (text: string) => runQuery(parseQuery(text), records, 'v1')
const column = (text: string, name: string) => run(text).records.map((row) => (row as Record<string, unknown>)[name])

describe('a query finds', () => {
  it.each([
    ["SELECT Id FROM Account WHERE Name = 'rackSPACE'", ['1']],
    ["select id from account where name = 'O\\'Reilly'", ['2']],
    ["SELECT Id FROM Account WHERE Name LIKE '100\\% Cotton\\_x'", ['3']],
    ["SELECT Id FROM Account WHERE Name LIKE '100%Cotton_x'", ['3', '4']],
    ["SELECT Id FROM Account WHERE Name LIKE '%\\u0027%'", ['2']],
    ["SELECT Id FROM Account WHERE Name IN ('Rackspace', 'Nobody') OR (NOT Name LIKE '%o%')", ['1']],
    ["SELECT Id FROM Case WHERE Account.Name = 'Rackspace' ORDER BY CreatedDate DESC", ['c1', 'c2']],
    ['SELECT Id FROM Case WHERE AccountId = null', ['c3']],
    ['SELECT Id FROM Case WHERE AccountId != null AND CreatedDate < 2015-02-01T00:00:00Z', ['c2']],
    ['SELECT Id FROM Case ORDER BY CreatedDate LIMIT 1', ['c2']],
  ])('%s', (text, ids) => {
    expect(column(text, 'Id')).toEqual(ids)
  })

  it('what belongs to a record, and what it belongs to', () => {
    const children = '(SELECT CreatedDate FROM CaseComments ORDER BY CreatedDate DESC LIMIT 1)'
    const { records: found } = run(`SELECT CaseNumber, Account.Name, ${children} FROM Case`)
    expect(found).toMatchObject([
      {
        attributes: { type: 'Case', url: '/services/data/v1/sobjects/Case/c1' },
        CaseNumber: '7',
        Account: { Name: 'Rackspace' },
        CaseComments: { totalSize: 1, done: true, records: [{ CreatedDate: '2015-02-22T00:00:00.000Z' }] },
      },
      { CaseComments: null },
      { Account: null },
    ])
  })

  it('groups, and how many', () => {
    const grouped = 'SELECT Account.Name who, COUNT(Id) FROM Case GROUP BY Account.Name ORDER BY COUNT(Id) DESC'
    expect(run(grouped).records).toEqual([
      { attributes: { type: 'AggregateResult' }, who: 'Rackspace', expr0: 2 },
      { attributes: { type: 'AggregateResult' }, who: null, expr0: 1 },
    ])
    expect(run("SELECT COUNT(Id) n FROM Case WHERE CaseNumber = 'x'").records).toMatchObject([{ n: 0 }])
    expect(run('SELECT COUNT() FROM Case')).toEqual({ totalSize: 3, records: [] })
  })
})

it.each([
  ["SELECT Id FROM Account WHERE Name = 'O'Reilly'", 'MALFORMED_QUERY'],
  ["SELECT Id FROM Account WHERE Name = 'a\\q'", 'MALFORMED_QUERY'],
  ["SELECT Id FROM Account WHERE Name = 'a\\%'", 'MALFORMED_QUERY'],
  ["SELECT Id FROM Account WHERE Name = 'open", 'MALFORMED_QUERY'],
  ['SELECT Id FROM Account; DELETE', 'MALFORMED_QUERY'],
  ["SELECT Id FROM Account WHERE Name = 'a' OR Id = 'b' AND Id = 'c'", 'MALFORMED_QUERY'],
  ['SELECT Id FROM Account LIMIT', 'MALFORMED_QUERY'],
  ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY'],
  ['SELECT Secret FROM Account', 'INVALID_FIELD'],
  ['SELECT Owner.Name FROM Account', 'INVALID_FIELD'],
  ['SELECT Id FROM Users', 'INVALID_TYPE'],
  ['SELECT (SELECT Id FROM Secrets) FROM Case', 'INVALID_TYPE'],
])('%s is refused as %s', (text, errorCode) => {
  expect(() => run(text)).toThrow(expect.objectContaining({ errorCode }))
})
