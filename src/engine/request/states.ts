/**
 * The life of a request. Whatever is not in the table does not happen: each transition is one compare-and-set in the
 * store, together with its leaf of the log. `docs/lifecycle.md` draws this table, and a test compares the two.
 */
export const states = [
  'asking',
  'pending',
  'running',
  'done',
  'refused',
  'expired',
  'cancelled',
  'failed',
  'interrupted',
] as const

export type State = (typeof states)[number]

/** From where a request may go where. `new` is before it is first stored. */
export const transitions = {
  new: ['asking', 'pending', 'running', 'refused', 'failed'],
  asking: ['asking', 'pending', 'running', 'refused', 'expired', 'cancelled', 'failed'],
  pending: ['pending', 'running', 'refused', 'expired', 'cancelled', 'failed'],
  running: ['running', 'pending', 'done', 'failed', 'cancelled', 'expired', 'interrupted'],
  done: [],
  refused: [],
  expired: [],
  cancelled: [],
  failed: [],
  interrupted: [],
} as const satisfies Record<State | 'new', readonly State[]>

export const isAllowed = (from: State | 'new', to: State): boolean =>
  (transitions[from] as readonly State[]).includes(to)

/** True for states in which somebody must say something before it goes on. */
export const isWaiting = (state: State): boolean => state === 'asking' || state === 'pending'

/** True for states that nothing leaves. */
export const isEnd = (state: State): boolean => transitions[state].length === 0
