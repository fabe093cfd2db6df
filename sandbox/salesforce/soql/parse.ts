import {
  type Condition,
  type Literal,
  type Operator,
  type Order,
  type Path,
  type Query,
  Refused,
  type Selected,
} from './query.ts'
import { patternOf, type Token, textOf, tokensOf } from './tokens.ts'

/** Words that no alias is. */
const reserved = ['FROM', 'WHERE', 'GROUP', 'ORDER', 'LIMIT', 'BY', 'ASC', 'DESC', 'AND', 'OR', 'NOT', 'LIKE', 'IN']
const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>='] satisfies Operator[]

/**
 * Reads a query of SOQL, as far as it is known here.
 * @throws Refused where it is none
 */
export const parseQuery = (text: string): Query => {
  const reader = new Reader(tokensOf(text))
  const query = reader.query()
  reader.end()
  return query
}

/** Goes over the tokens once, from left to right. */
class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  query(): Query {
    this.#word('SELECT')
    const select = this.#list(() => this.#selected())
    this.#word('FROM')
    const from = this.#name()
    const where = this.#takes('WHERE') ? this.#condition() : undefined
    const groupBy = this.#takes('GROUP') && this.#word('BY') ? this.#list(() => this.#path()) : []
    const orderBy = this.#takes('ORDER') && this.#word('BY') ? this.#list(() => this.#order()) : []
    const limit = this.#takes('LIMIT') ? this.#number() : undefined
    return { select, from, ...(where && { where }), groupBy, orderBy, ...(limit !== undefined && { limit }) }
  }

  end(): void {
    if (this.#next) throw this.#unexpected()
  }

  #selected(): Selected {
    if (this.#takesSign('(')) {
      const query = this.query()
      this.#sign(')')
      return { kind: 'children', query }
    }
    const one = this.#countOrField()
    const alias =
      this.#next?.kind === 'word' && !reserved.includes(this.#next.text.toUpperCase()) ? this.#name() : undefined
    return alias === undefined ? one : { ...one, alias }
  }

  #countOrField(): Order['by'] {
    const path = this.#path()
    if (!this.#takesSign('(')) return { kind: 'field', path }
    if (path.join('.').toUpperCase() !== 'COUNT') throw this.#unexpected()
    if (this.#takesSign(')')) return { kind: 'count' }
    const counted = this.#path()
    this.#sign(')')
    return { kind: 'count', path: counted }
  }

  #order(): Order {
    const by = this.#countOrField()
    if (this.#takes('DESC')) return { by, descending: true }
    this.#takes('ASC')
    return { by, descending: false }
  }

  /** AND and OR do not stand beside each other without brackets. */
  #condition(): Condition {
    const first = this.#one()
    for (const kind of ['and', 'or'] as const) {
      const all = [first]
      while (this.#takes(kind.toUpperCase())) all.push(this.#one())
      if (all.length > 1) return { kind, all }
    }
    return first
  }

  #one(): Condition {
    if (this.#takes('NOT')) return { kind: 'not', one: this.#one() }
    if (this.#takesSign('(')) {
      const inside = this.#condition()
      this.#sign(')')
      return inside
    }
    const path = this.#path()
    if (this.#takes('LIKE')) return { kind: 'like', path, pattern: patternOf(this.#string()) }
    if (this.#takes('IN')) {
      this.#sign('(')
      const values = this.#list(() => this.#literal())
      this.#sign(')')
      return { kind: 'in', path, values }
    }
    const sign = this.#next
    if (sign?.kind !== 'sign' || !operators.includes(sign.text)) throw this.#unexpected()
    this.#at += 1
    return { kind: 'compare', path, operator: sign.text as Operator, value: this.#literal() }
  }

  #literal(): Literal {
    const token = this.#take()
    if (token.kind === 'string') return { kind: 'text', value: textOf(token.text) }
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'time') return { kind: 'time', value: Date.parse(token.text) }
    const word = token.text.toUpperCase()
    if (word === 'NULL') return { kind: 'null', value: null }
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' }
    this.#at -= 1
    throw this.#unexpected()
  }

  #list<T>(read: () => T): T[] {
    const all = [read()]
    while (this.#takesSign(',')) all.push(read())
    return all
  }

  #path(): Path {
    const token = this.#take()
    if (token.kind === 'word' && !reserved.includes(token.text.toUpperCase())) return token.text.split('.')
    this.#at -= 1
    throw this.#unexpected()
  }

  #name(): string {
    const path = this.#path()
    if (path.length > 1) throw new Refused('MALFORMED_QUERY', `unexpected token: '${path.join('.')}'`)
    return path[0] ?? ''
  }

  #string(): string {
    const token = this.#take()
    if (token.kind === 'string') return token.text
    this.#at -= 1
    throw this.#unexpected()
  }

  #number(): number {
    const token = this.#take()
    if (token.kind === 'number' && Number.isInteger(Number(token.text))) return Number(token.text)
    this.#at -= 1
    throw this.#unexpected()
  }

  #word(word: string): true {
    if (!this.#takes(word)) throw this.#unexpected()
    return true
  }

  #sign(sign: string): void {
    if (!this.#takesSign(sign)) throw this.#unexpected()
  }

  #takes(word: string): boolean {
    const isIt = this.#next?.kind === 'word' && this.#next.text.toUpperCase() === word
    if (isIt) this.#at += 1
    return isIt
  }

  #takesSign(sign: string): boolean {
    const isIt = this.#next?.kind === 'sign' && this.#next.text === sign
    if (isIt) this.#at += 1
    return isIt
  }

  #take(): Token {
    const token = this.#next
    if (!token) throw this.#unexpected()
    this.#at += 1
    return token
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #unexpected(): Refused {
    return new Refused('MALFORMED_QUERY', `unexpected token: '${this.#next?.text ?? '<EOF>'}'`)
  }
}
