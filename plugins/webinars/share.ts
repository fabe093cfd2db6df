import { VendorError, type VendorFailure } from 'foobot'
import type { Network, Post, Posted } from './networks/network.ts'
import type { Known, PostRecord } from './record.ts'

/** What became of a post on one network. */
type Outcome =
  | { readonly state: 'shared' | 'before'; readonly url: string }
  | { readonly state: 'failed' | 'unknown'; readonly say: string }

export type Shared = { readonly network: string } & Outcome

export type Sharing = {
  readonly networks: readonly Network[]
  readonly record: PostRecord
  readonly clock: () => number
}

/** The network has said that it did nothing. */
const certain: readonly VendorFailure[] = ['credential', 'forbidden', 'missing', 'busy', 'refused']
/** It cannot be asked now, and can be later. */
const passing: readonly VendorFailure[] = ['unreachable', 'late', 'busy', 'broken']
/** Milliseconds after which a post that a network does not show is not there: until then it may still come up. */
const settled = 120_000
/** Milliseconds by which a network's clock may be behind ours. */
const skew = 120_000
/** Milliseconds for which a network may call a second post a duplicate of the first. */
const duplicates = 7 * 24 * 3600_000

/**
 * Puts a post on every network that does not have it, one after the other: the failure of one is told and changes nothing for the
 * others. Where it is not known whether a network has it, it is looked for before it is posted again.
 */
export const share = async (
  post: Post,
  about: { readonly webinar: string; readonly occasion: string },
  sharing: Sharing,
  onProgress: (text: string, part: number) => void,
  signal: AbortSignal,
): Promise<readonly Shared[]> => {
  const all: Shared[] = []
  for (const [index, network] of sharing.networks.entries()) {
    onProgress(`posting on ${network.name}`, index / sharing.networks.length)
    all.push({ network: network.name, ...(await shareOn(network, post, about, sharing, signal)) })
  }
  return all
}

const shareOn = async (
  network: Network,
  post: Post,
  about: { readonly webinar: string; readonly occasion: string },
  { record, clock }: Sharing,
  signal: AbortSignal,
): Promise<Outcome> => {
  const id = { key: post.key, network: network.name }
  const known = record.known(id)
  if (known?.state === 'posted') return { state: 'before', url: known.url }
  const isRepeated = known !== undefined && clock() - known.first.getTime() < (network.repeats ?? 0)
  if (known && !isRepeated) {
    const seen = await lookAgain(network, post, known, clock(), signal)
    if ('url' in seen) record.posted(id, seen.url)
    if (seen.state !== 'absent') return seen
  }
  record.begin(id, about, new Date(clock()))
  try {
    const { url } = await network.post(post, signal)
    record.posted(id, url)
    return { state: 'shared', url }
  } catch (error) {
    if (!(error instanceof VendorError)) throw error
    const isDuplicate = /duplicate/i.test(error.said ?? '')
    if (certain.includes(error.kind) && !isDuplicate) {
      // What an earlier try came to, which was only repeated, is as unknown as before.
      if (!isRepeated) record.forget(id)
      return { state: 'failed', say: error.message }
    }
    const since = clock() - (isDuplicate ? duplicates : skew)
    const found = await look(network, post.link, new Date(since), signal)
    if (found && !(found instanceof VendorError)) {
      record.posted(id, found.url)
      return { state: isDuplicate ? 'before' : 'shared', url: found.url }
    }
    const why = isDuplicate ? 'it calls it a duplicate' : reasonOf(error)
    const say = `I do not know whether ${network.name} has it (${why}): say it again in two minutes, I look there before I post.`
    return { state: 'unknown', say }
  }
}

/** Whether a network has what was begun some time ago. */
const lookAgain = async (
  network: Network,
  { link }: Post,
  known: Extract<Known, { readonly state: 'begun' }>,
  now: number,
  signal: AbortSignal,
): Promise<Outcome | { readonly state: 'absent' }> => {
  const found = await look(network, link, new Date(known.first.getTime() - skew), signal)
  if (found instanceof VendorError && passing.includes(found.kind)) {
    const say = `I do not know whether ${network.name} has it, and cannot look there now (${reasonOf(found)}): say it again later, I look there before I post.`
    return { state: 'unknown', say }
  }
  if (found instanceof VendorError) {
    const say = `I do not know whether ${network.name} has it, and cannot look there: look yourself, and post it by hand where it is missing. ${found.message}`
    return { state: 'unknown', say }
  }
  if (found) return { state: 'before', url: found.url }
  if (now - known.last.getTime() >= settled) return { state: 'absent' }
  return {
    state: 'unknown',
    say: `${network.name} does not show it, and may still do so: say it again in two minutes.`,
  }
}

/** What is there; the failure where one cannot look. */
const look = (
  network: Network,
  link: string,
  since: Date,
  signal: AbortSignal,
): Promise<Posted | VendorError | undefined> =>
  network.find(link, since, signal).catch((error: unknown) => {
    if (error instanceof VendorError) return error
    throw error
  })

const reasonOf = ({ kind, status }: VendorError): string => {
  if (kind === 'late') return 'it did not answer in time'
  if (kind === 'unreachable') return 'I cannot reach it'
  if (kind === 'busy') return 'it takes no more requests from us now'
  return kind === 'broken' ? `it failed with ${status}` : 'its answer is in a form that I do not know'
}
