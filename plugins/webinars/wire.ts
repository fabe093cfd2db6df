import { line, z } from 'foobot'
import type { Element } from './xml.ts'

/**
 * What BrightTALK answers, as far as it is read here: its Channel Owner Reporting API, version 1, in XML. There is no public
 * reference; README.md names the connectors that these forms are taken from, and what is unconfirmed.
 */

const time = z.iso.datetime({ offset: true })

const webcastFields = z.object({
  id: z.string().regex(/^\d{1,12}$/),
  title: line().pipe(z.string().min(1)),
  start: time,
  /** Seconds. */
  duration: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
  /** Where the audience sees it. */
  url: z.url({ protocol: /^https$/ }).optional(),
  /** `upcoming`, `live`, `processing`, `recorded`, `cancelled`, `error`; it may be late. */
  status: line(),
})

const registrationFields = z.object({ id: z.string().min(1) })
const linkFields = z.object({ rel: z.string(), href: z.string() })

export type Webcast = z.infer<typeof webcastFields>

/** Those that the public may see: of a draft much may be missing. @throws ZodError */
export const webcastsIn = (webcasts: Element): readonly Webcast[] =>
  webcasts.children
    .filter(({ name, fields }) => name === 'webcast' && fields.published === 'true' && fields.visibility === 'public')
    .map(({ fields }) => webcastFields.parse(fields))

/** The ids of the registrations of a page. @throws ZodError */
export const registrationsIn = (registrations: Element): readonly string[] =>
  registrations.children
    .filter(({ name }) => name === 'webcastRegistration')
    .map(({ fields }) => registrationFields.parse(fields).id)

/**
 * The cursor of the page after this one, out of the address of the next page: that address itself is never gone to, it could
 * carry the credential elsewhere.
 */
export const nextCursor = ({ children }: Element): string | undefined => {
  const next = children
    .filter(({ name }) => name === 'link')
    .flatMap(({ fields }) => linkFields.safeParse(fields).data ?? [])
    .find(({ rel }) => rel === 'next')
  return next && (URL.parse(next.href)?.searchParams.get('cursor') ?? undefined)
}

/** What a refusal says: `<error><code/><message/></error>`. */
export const messageIn = ({ name, fields }: Element): string | undefined =>
  name === 'error' ? fields.message : undefined
