import { createHash } from 'node:crypto'
import type { Post } from './networks/network.ts'
import type { Which } from './which.ts'

/** What a webinar is called in public: one line, without anything that a network would read as a mention of somebody. */
export const publicTitle = (title: string): string =>
  title
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .replace(/[@＠](?=\S)/g, '@ ')

export type Announced = {
  readonly webinar: string
  readonly title: string
  readonly link: string
  /** When it begins. */
  readonly start: string
}

/** Nothing of it is what somebody typed: title, time and link are the webinar's. */
export const announcement = (
  which: Which,
  { webinar, title, link, start }: Announced,
  { channel, zone }: { readonly channel: number; readonly zone: string },
): Post => ({
  key: createHash('sha256').update(`${channel}/${webinar}/${which}`).digest('hex'),
  title,
  link,
  ...(which === 'next'
    ? { lead: 'Join us:', when: momentIn(zone, new Date(start)) }
    : { lead: 'Watch the recording:' }),
})

/** For readers anywhere: `Thursday, June 25, 2026 at 11:00 AM MDT`. */
const momentIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  })
    .format(at)
    .replace(/\s/g, ' ')
