import { oneLine } from 'foobot'

/** Who is on call for something. */
export type Duty = {
  /** The team, or the escalation policy. */
  readonly team: string
  readonly people: readonly string[]
}

/** A service that wakes people: what these commands need of it. Every method throws a sentence for the room. */
export interface Pager {
  /**
   * Takes an incident, in somebody's name.
   * @param by the person's name there
   */
  acknowledge(incident: number, by: string, signal: AbortSignal): Promise<void>
  resolve(incident: number, by: string, signal: AbortSignal): Promise<void>
  /** Wakes somebody else for it. */
  reroute(incident: number, to: string, by: string, signal: AbortSignal): Promise<void>
  /** Who is on call now, the first in line alone. */
  duties(signal: AbortSignal): Promise<readonly Duty[]>
}

/** What a webhook of either service tells, as this room reads it; its texts may hold anything. */
export type Told =
  | { readonly kind: 'triggered'; readonly incident: number; readonly severity: string; readonly title: string }
  | { readonly kind: 'paging'; readonly incident: number; readonly who: string; readonly how: string }
  | { readonly kind: Moved; readonly incident: number; readonly by: string; readonly to?: string }

/** What has become of an incident. */
type Moved = 'acknowledged' | 'unacknowledged' | 'resolved' | 'reopened' | 'reassigned' | 'escalated' | 'delegated'

/** As the room has read it since there were pagers: one line, whatever the service sent. */
export const sentenceOf = (told: Told): string => {
  switch (told.kind) {
    case 'triggered':
      return `${told.severity}-incident #${told.incident} - ${oneLine(told.title)}`
    case 'paging':
      return `NOTIFY-Trying to contact ${named(told.who)} for #${told.incident}${told.how === '' ? '' : ` (${named(told.how)})`}`
    default:
      return `${told.kind.toUpperCase()}-incident #${told.incident}${by(' to ', told.to)}${by(' by ', told.by)}`
  }
}

const by = (lead: string, name = ''): string => (name === '' ? '' : lead + named(name))

/** A name as people have them; anything else between quotes, so that it does not read as words of ours. */
const named = (text: string): string => {
  const name = oneLine(text)
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N}.,+@'’_ -]{0,80}$/u.test(name) && !/ (for|by|to) /.test(name)
    ? name
    : `"${name.replaceAll('"', "'")}"`
}
