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

/** What a webhook of either service tells, as this room reads it. */
export type Told =
  | { readonly kind: 'triggered'; readonly incident: number; readonly severity: string; readonly title: string }
  | { readonly kind: 'paging'; readonly incident: number; readonly who: string; readonly how: string }
  | { readonly kind: 'acknowledged' | 'resolved' | 'reassigned'; readonly incident: number; readonly by: string }

/** As the room has read it since there were pagers. */
export const sentenceOf = (told: Told): string => {
  switch (told.kind) {
    case 'triggered':
      return `${told.severity}-incident #${told.incident} - ${told.title}`
    case 'paging':
      return `NOTIFY-Trying to contact ${told.who} for #${told.incident}${told.how === '' ? '' : ` (${told.how})`}`
    case 'acknowledged':
    case 'resolved':
    case 'reassigned':
      return `${told.kind.toUpperCase()}-incident #${told.incident}${told.by === '' ? '' : ` by ${told.by}`}`
  }
}
