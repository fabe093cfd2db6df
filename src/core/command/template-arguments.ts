import type { Argument } from './argument.ts'

/** What a template says of its arguments, read by the compiler: the types of `args` follow from it. */

/** The values of the named types. */
type Named = {
  text: string
  word: string
  int: number
  number: number
  date: string
  duration: string
  quarter: string
  person: string
  group: string
  url: string
}

/** A slot or switch; `type` is the text after the colon, `undefined` where there is none. */
type Found = { name: string; type: string | undefined; optional: boolean; many: 'one' | 'list' | 'switch' }

type FoundIn<T extends string> = T extends `[${infer Inside}] ${infer Rest}`
  ? InBrackets<Inside> | FoundIn<Rest>
  : T extends `[${infer Inside}]`
    ? InBrackets<Inside>
    : T extends `${infer Part} ${infer Rest}`
      ? SlotIn<Part, false> | FoundIn<Rest>
      : SlotIn<T, false>

type InBrackets<T extends string> = T extends `${string}<${string}`
  ? SlotsIn<T>
  : { name: SwitchName<T>; type: undefined; optional: false; many: 'switch' }

type SlotsIn<T extends string> = T extends `${infer Part} ${infer Rest}`
  ? SlotIn<Part, true> | SlotsIn<Rest>
  : SlotIn<T, true>

type SlotIn<T extends string, Optional extends boolean> = T extends `${string}<${infer Body}>`
  ? Body extends `${infer Head}...`
    ? Slot<Head, Optional, 'one'>
    : Body extends `${infer Head}+`
      ? Slot<Head, Optional, 'list'>
      : Slot<Body, Optional, 'one'>
  : never

type Slot<
  T extends string,
  Optional extends boolean,
  Many extends 'one' | 'list',
> = T extends `${infer Name}:${infer Type}`
  ? { name: Name; type: Type; optional: Optional; many: Many }
  : { name: T; type: undefined; optional: Optional; many: Many }

/** `-dry-run` is `dryRun`. */
type SwitchName<T extends string> = T extends `-${infer Name}` ? CamelCase<Name> : CamelCase<T>
type CamelCase<T extends string> = T extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : T

type Split<T extends string> = T extends `${infer Head}|${infer Tail}` ? Head | Split<Tail> : T

type ValueOfType<T extends string> = T extends keyof Named ? Named[T] : Split<T>

type One<F extends Found, O> = F['type'] extends string
  ? ValueOfType<F['type']>
  : F['name'] extends keyof O
    ? O[F['name']] extends Argument<infer V>
      ? V
      : never
    : string

type ValueOf<F extends Found, O> = F['many'] extends 'switch'
  ? boolean
  : (F['many'] extends 'list' ? readonly One<F, O>[] : One<F, O>) | (F['optional'] extends true ? undefined : never)

/** The arguments of a template, with the types that `O` gives to slots without one. */
export type ArgumentsOf<T extends string, O> = { readonly [F in FoundIn<T> as F['name']]: ValueOf<F, O> }

/** The names of the slots whose type is not in the template: what may be overridden. */
export type Untyped<T extends string> = Extract<FoundIn<T>, { type: undefined; many: 'one' | 'list' }>['name']

type UnknownType<F> = F extends { type: infer Type extends string }
  ? Type extends keyof Named | `${string}|${string}`
    ? never
    : Type
  : never

/** Nothing where all types of a template are known; else something that no string is, and that names them. */
export type KnownTypes<T extends string> = [UnknownType<FoundIn<T>>] extends [never]
  ? unknown
  : { readonly 'unknown argument type': UnknownType<FoundIn<T>> }
