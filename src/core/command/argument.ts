/** An argument's type as its author gives it beside the template; `V` is what the handler gets. */
export type Argument<V = string | number> = {
  /** As it stands in the expanded template. */
  readonly type: string
  /** Never there: it carries `V`. */
  readonly value?: V
}

const argument = <V>(type: string): Argument<V> => ({ type })

/** Any text; with spaces it is said in quotes. What a slot is that nothing is said of. */
export const text = (): Argument<string> => argument('text')
/** An identifier: printable ASCII without spaces, quotes or leading dash. */
export const word = (): Argument<string> => argument('word')
/** A whole number. */
export const int = (): Argument<number> => argument('int')
/** A decimal number. */
export const number = (): Argument<number> => argument('number')
/** A day, `2015-05-31`. */
export const date = (): Argument<string> => argument('date')
/** A length of time, `30d`; `seconds` says how long. */
export const duration = (): Argument<string> => argument('duration')
/** A quarter of a year, `2015-Q2`. */
export const quarter = (): Argument<string> => argument('quarter')
/** A person's id; said by name too, or `me`. */
export const person = (): Argument<string> => argument('person')
/** A group's name. */
export const group = (): Argument<string> => argument('group')
/** An http or https address. */
export const url = (): Argument<string> => argument('url')
/** One of these words, said in any case and given as they are spelt here. */
export const oneOf = <const V extends readonly [string, string, ...string[]]>(...values: V): Argument<V[number]> =>
  argument(values.join('|'))
