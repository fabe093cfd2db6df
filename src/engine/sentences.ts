/** The one text for what is unknown, forbidden, or said in a room that is not the speaker's: it tells them apart nowhere. */
export const unknownCommand = (name: string): string =>
  `I do not know that command, or it is not yours here. "${name} help" lists what you may run, "${name} why" says whom to ask.`

/** The time of day in a zone, as `11:03`. */
export const atClock = (milliseconds: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(milliseconds)

/** The day in a zone, as `26 Nov 2026`. */
export const onDay = (milliseconds: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone }).format(milliseconds)

/** What is said where nobody knows whether it happened. */
export const interrupted = (resource: string): string =>
  `This may or may not have happened: look at ${resource} before you say it again.`

/** The id of the resource a request is about, for sentences. */
export const resourceId = ({ stated }: { readonly stated?: { readonly resource: string } }): string =>
  stated?.resource.slice(stated.resource.indexOf(':') + 1) ?? 'the system'

/** Two statements whose codes are the same, by chance or because somebody looked for such a one: none is taken. */
export const severalUnder = (which: string): string =>
  `More than one request waits under "${which}", so I take none: have them cancelled or denied, and said again.`
