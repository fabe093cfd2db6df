/** A subscription, whoever keeps it. */
export type Subscription = {
  readonly id: string
  /** `code` is lower case, as `pro`; `name` as people say it. */
  readonly plan: { readonly code: string; readonly name: string }
  /** What is sold of the plan, as so many users: a change of plan keeps it. Absent where use is metered. */
  readonly quantity?: number
  /** When the trial ends; absent where none runs. */
  readonly trialEnds?: Date
  /** What will happen to it by itself; absent where nothing will. */
  readonly scheduled?: Scheduled
}

/** A change that somebody has put in for later, or the end. */
export type Scheduled =
  | { readonly what: 'change'; readonly plan: string; readonly quantity?: number; readonly at?: Date }
  | { readonly what: 'end'; readonly at?: Date }

/** What was seen, and shall be true still when it is changed. */
export type Seen = Pick<Subscription, 'id' | 'quantity'>

/** An invoice that is due and not paid. */
export type Invoice = {
  /** Whose it is: two customers may have one name. */
  readonly account: string
  /** Who owes it, as people call them. */
  readonly customer: string
  /** What is left to pay, in units of the currency: 12.5 is twelve dollars and a half. */
  readonly owed: number
  /** ISO 4217, upper case. */
  readonly currency: string
  readonly due: Date
}

/** Who keeps a company's customers and bills them: what these commands need of it. Every method throws a sentence for the room. */
export type Billing = {
  /** As people call it. */
  readonly name: string
  /** The one running subscription of a customer. */
  subscriptionOf(customer: string, signal: AbortSignal): Promise<Subscription>
  /** Moves a subscription to another plan, at once; what is sold of it stays, and a change that was scheduled is dropped. */
  changePlan(subscription: Seen, plan: string, signal: AbortSignal): Promise<void>
  /** Lets the trial last until an instant: it is then that the customer is billed. */
  extendTrial(subscription: string, until: Date, signal: AbortSignal): Promise<Subscription>
  /** So many users does the customer pay for, over all running subscriptions. */
  paidUsers(customer: string, signal: AbortSignal): Promise<number>
  /** Every invoice that was due by then and is not paid, a page at a time, to the last. */
  lateInvoices(dueBy: Date, signal: AbortSignal): AsyncIterable<readonly Invoice[]>
}
