import { type Kind, kinds, type Row, spelt } from '../schema.ts'
import { type Condition, type Literal, type Order, type Path, type Query, Refused, type Selected } from './query.ts'

/** Where records are found. */
export type Records = {
  all(kind: string): readonly Row[]
  one(kind: string, id: string): Row | undefined
}

/** Groups that an aggregate query may have: there is no second page of them. */
const mostGroups = 2000

/** An answer's records, as the vendor writes them. For `COUNT()` alone there are none, only their number. */
export type Result = { readonly totalSize: number; readonly records: readonly unknown[] }

/** @throws Refused where a kind, field or relationship is none */
export const runQuery = (query: Query, records: Records, version: string): Result => {
  const run = new Run(query, records, version)
  return run.result()
}

type Group = readonly [first: Row, ...others: Row[]]

class Run {
  readonly #query: Query
  readonly #records: Records
  readonly #version: string
  readonly #name: string
  readonly #kind: Kind

  constructor(query: Query, records: Records, version: string, among?: string) {
    this.#query = query
    this.#records = records
    this.#version = version
    const name = among ?? spelt(Object.keys(kinds), query.from)
    const kind = name === undefined ? undefined : kinds[name]
    if (name === undefined || !kind) throw new Refused('INVALID_TYPE', `sObject type '${query.from}' is not supported.`)
    this.#name = name
    this.#kind = kind
  }

  result(rows: readonly Row[] = this.#records.all(this.#name)): Result {
    const { select, where, groupBy, limit } = this.#query
    const found = where ? rows.filter((row) => this.#holds(where, row)) : rows
    const [only, ...others] = select
    if (only?.kind === 'count' && !only.path && others.length === 0) return { totalSize: found.length, records: [] }
    const isAggregate = groupBy.length > 0 || select.some(({ kind }) => kind === 'count')
    const groups = isAggregate ? this.#groups(found) : found.map((row): Group => [row])
    if (isAggregate && groups.length > mostGroups)
      throw new Refused(
        'EXCEEDED_ID_LIMIT',
        'Aggregate query does not support queryMore(), use LIMIT to restrict the results',
      )
    const sorted = this.#sorted(groups).slice(0, limit ?? groups.length)
    const shown = isAggregate ? sorted.map((group) => this.#aggregate(group)) : sorted.map(([row]) => this.#record(row))
    return { totalSize: shown.length, records: shown }
  }

  #groups(rows: readonly Row[]): readonly Group[] {
    const { groupBy } = this.#query
    const groups = new Map<string, [Row, ...Row[]]>()
    for (const row of rows) {
      const key = JSON.stringify(groupBy.map((path) => this.#value(path, row)))
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
    if (groups.size === 0 && groupBy.length === 0) return [[{}]]
    return [...groups.values()]
  }

  #sorted(groups: readonly Group[]): readonly Group[] {
    const { orderBy } = this.#query
    return [...groups].sort((a, b) => {
      for (const { by, descending } of orderBy) {
        const [one, other] = [this.#sortKey(by, a), this.#sortKey(by, b)]
        const order = compare(one, other)
        // "By default, null values are sorted first", in either direction.
        if (order !== 0 && (one === null || other === null)) return order
        if (order !== 0) return descending ? -order : order
      }
      return 0
    })
  }

  #sortKey(by: Order['by'], group: Group): string | number | null {
    return by.kind === 'count' ? this.#count(by, group) : this.#value(by.path, group[0])
  }

  #count({ path }: Extract<Selected, { kind: 'count' }>, group: Group): number {
    const isNone = Object.keys(group[0]).length === 0
    return path && !isNone ? group.filter((row) => this.#value(path, row) !== null).length : isNone ? 0 : group.length
  }

  /** What has no name of its own is `expr0`, `expr1`, … */
  #aggregate(group: Group): Record<string, unknown> {
    const shown: Record<string, unknown> = { attributes: { type: 'AggregateResult' } }
    let unnamed = 0
    for (const one of this.#query.select) {
      if (one.kind === 'children')
        throw new Refused('MALFORMED_QUERY', 'Nested queries and GROUP BY do not go together')
      if (one.kind === 'count') shown[one.alias ?? `expr${unnamed++}`] = this.#count(one, group)
      else {
        const isGrouped = this.#query.groupBy.some(
          (path) => path.join('.').toLowerCase() === one.path.join('.').toLowerCase(),
        )
        if (!isGrouped)
          throw new Refused('MALFORMED_QUERY', `Field must be grouped or aggregated: ${one.path.join('.')}`)
        shown[one.alias ?? one.path.at(-1) ?? ''] = this.#value(one.path, group[0])
      }
    }
    return shown
  }

  #record(row: Row): Record<string, unknown> {
    const shown: Record<string, unknown> = { attributes: this.#attributes(this.#name, row) }
    for (const one of this.#query.select) {
      if (one.kind === 'children') this.#showChildren(shown, one.query, row)
      else if (one.kind === 'field') this.#show(shown, one.path, row, this.#name)
    }
    return shown
  }

  #show(shown: Record<string, unknown>, path: Path, row: Row, name: string): void {
    const [first = '', ...rest] = path
    if (rest.length === 0) {
      shown[fieldOf(name, first)] = this.#valueIn(path, row, name)
      return
    }
    const [relationship, parent, kind] = this.#parent(name, first, row)
    if (!parent) shown[relationship] = null
    else {
      shown[relationship] ??= { attributes: this.#attributes(kind, parent) }
      this.#show(shown[relationship] as Record<string, unknown>, rest, parent, kind)
    }
  }

  #showChildren(shown: Record<string, unknown>, query: Query, row: Row): void {
    const relationship = spelt(Object.keys(this.#kind.children), query.from)
    const found = relationship === undefined ? undefined : this.#kind.children[relationship]
    if (relationship === undefined || !found)
      throw new Refused('INVALID_TYPE', `Didn't understand relationship '${query.from}' in FROM part of query call.`)
    const [kind, field] = found
    const rows = this.#records.all(kind).filter((one) => one[field] === row.Id)
    const { totalSize, records } = new Run(query, this.#records, this.#version, kind).result(rows)
    shown[relationship] = totalSize === 0 ? null : { totalSize, done: true, records }
  }

  #attributes(kind: string, row: Row) {
    return { type: kind, url: `/services/data/${this.#version}/sobjects/${kind}/${row.Id}` }
  }

  #value(path: Path, row: Row): string | null {
    return this.#valueIn(path, row, this.#name)
  }

  #valueIn([first = '', ...rest]: Path, row: Row, name: string): string | null {
    if (rest.length === 0) return row[fieldOf(name, first)] ?? null
    const [, parent, kind] = this.#parent(name, first, row)
    return parent ? this.#valueIn(rest, parent, kind) : null
  }

  #parent(
    name: string,
    said: string,
    row: Row,
  ): readonly [relationship: string, parent: Row | undefined, kind: string] {
    const parents = kinds[name]?.parents ?? {}
    const relationship = spelt(Object.keys(parents), said)
    const found = relationship === undefined ? undefined : parents[relationship]
    if (relationship === undefined || !found)
      throw new Refused('INVALID_FIELD', `Didn't understand relationship '${said}' in field path.`)
    const [field, kind] = found
    const id = row[field]
    return [relationship, id == null ? undefined : this.#records.one(kind, id), kind]
  }

  #holds(condition: Condition, row: Row): boolean {
    switch (condition.kind) {
      case 'and':
        return condition.all.every((one) => this.#holds(one, row))
      case 'or':
        return condition.all.some((one) => this.#holds(one, row))
      case 'not':
        return !this.#holds(condition.one, row)
      case 'like':
        return condition.pattern.test(this.#value(condition.path, row) ?? '')
      case 'in':
        return condition.values.some((value) => equals(this.#value(condition.path, row), value))
      case 'compare': {
        const value = this.#value(condition.path, row)
        if (condition.operator === '=') return equals(value, condition.value)
        if (condition.operator === '!=') return !equals(value, condition.value)
        if (value === null) return false
        const order = compare(comparable(value, condition.value), condition.value.value as string | number)
        return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[condition.operator]
      }
    }
  }
}

const fieldOf = (kind: string, said: string): string => {
  const field = spelt(kinds[kind]?.fields ?? [], said)
  if (field === undefined) throw new Refused('INVALID_FIELD', `No such column '${said}' on entity '${kind}'.`)
  return field
}

/** Texts are equal in any case. */
const equals = (value: string | null, literal: Literal): boolean => {
  if (value === null || literal.value === null) return value === literal.value
  if (literal.kind === 'text') return value.toLowerCase() === literal.value.toLowerCase()
  return comparable(value, literal) === literal.value
}

const comparable = (value: string, { kind }: Literal): string | number | boolean => {
  if (kind === 'time') return Date.parse(value)
  if (kind === 'number') return Number(value)
  return kind === 'boolean' ? value === 'true' : value.toLowerCase()
}

const compare = (a: unknown, b: unknown): number => {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return (a as string | number) < (b as string | number) ? -1 : 1
}
