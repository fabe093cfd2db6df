import type { KeyClassName } from '#core/bundle/company.ts'
import type { Strength } from './key-class.ts'

/** One thing owed before a request may run. Where several owe the same kind, the strictest counts. */
export type Requirement =
  /** The requester's own signature, by a key of at least this class. */
  | { readonly kind: 'signature'; readonly key: KeyClassName; readonly because: string }
  /** The requester's consent: attested, or signed by a key of at least this class. */
  | { readonly kind: 'second-factor'; readonly key: KeyClassName; readonly because: string }
  /** Consents of `count` people of the group, none the requester; `attested` takes a service's word too. */
  | {
      readonly kind: 'approval'
      readonly group: string
      readonly count: number
      readonly key: Strength
      readonly because: string
    }
  /** The argument `-reason=`. */
  | { readonly kind: 'reason'; readonly because: string }

/**
 * What policy says of one request. `because` names the rules that decided: policy ids, or `tier <name>`. Nothing else
 * than `allow` can reach dispatch.
 */
export type Decision =
  | { readonly outcome: 'allow'; readonly because: readonly string[] }
  | { readonly outcome: 'owes'; readonly owes: readonly Requirement[]; readonly because: readonly string[] }
  /**
   * `say` is for whoever may know that there is such a command (see `told.ts`); absent where it must look to everybody as
   * if there were none.
   */
  | { readonly outcome: 'deny'; readonly why: string; readonly say?: string; readonly because: readonly string[] }

/** What is asked of policy. */
export type Question = {
  /** Absent for somebody that no person stands behind. */
  readonly requester?: string
  readonly command: string
  /** The parsed arguments, by slot name. */
  readonly args: Readonly<Record<string, ArgumentValue>>
  readonly resource: {
    readonly type: string
    readonly id: string
    readonly owner?: string
    readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>
  }
  /** Absent where the conversation is none of the company's rooms. */
  readonly room?: string
  readonly platform: string
}

/** An argument as policies and handlers see it. */
export type ArgumentValue = string | number | boolean | readonly string[] | readonly number[]
