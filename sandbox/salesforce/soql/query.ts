/** A query as it was read. Names keep the case in which they were written. */
export type Query = {
  readonly select: readonly Selected[]
  readonly from: string
  readonly where?: Condition
  readonly groupBy: readonly Path[]
  readonly orderBy: readonly Order[]
  readonly limit?: number
}

/** `Account.Name` is `['Account', 'Name']`. */
export type Path = readonly string[]

export type Selected =
  | { readonly kind: 'field'; readonly path: Path; readonly alias?: string }
  /** Without a path it is `COUNT()`. */
  | { readonly kind: 'count'; readonly path?: Path; readonly alias?: string }
  | { readonly kind: 'children'; readonly query: Query }

export type Order = { readonly by: Extract<Selected, { kind: 'field' | 'count' }>; readonly descending: boolean }

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly one: Condition }
  | { readonly kind: 'compare'; readonly path: Path; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'like'; readonly path: Path; readonly pattern: RegExp }
  | { readonly kind: 'in'; readonly path: Path; readonly values: readonly Literal[] }

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'time'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null'; readonly value: null }

/** What the vendor would answer to a query that it does not take. */
export class Refused extends Error {
  readonly errorCode: string

  constructor(errorCode: 'MALFORMED_QUERY' | 'INVALID_FIELD' | 'INVALID_TYPE' | 'EXCEEDED_ID_LIMIT', message: string) {
    super(message)
    this.errorCode = errorCode
  }
}
