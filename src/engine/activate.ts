import type { Bundle } from '#core/bundle/company.ts'
import { again } from './again.ts'
import { bringUp, bringUpKeys, definitions } from './meet.ts'
import { eventLeaf } from './request/move.ts'
import { rulesOf } from './rules.ts'
import type { Way } from './way.ts'

/** Puts another bundle in force: runners are sent it, and what waits is stated and asked anew. */
export const activate = async (way: Way, bundle: Bundle): Promise<void> => {
  way.rules = rulesOf(bundle)
  await way.group.record({
    leaf: eventLeaf(way, 'bundle', { digest: bundle.digest, why: `version ${bundle.version}` }),
    // Where the rest failed, all of this is done again.
    once: bundle.digest,
  })
  for (const admitted of way.runners.all()) {
    way.runners.redefine(admitted, definitions(way, admitted.connection))
    bringUp(way, admitted.connection)
    bringUpKeys(way, admitted.connection)
  }
  for (const platform of way.platforms.values()) platform.recheck()
  const unsent = [...way.unsent].flatMap((id) => way.live.get(id) ?? []).filter(({ state }) => state === 'running')
  const waiting = [...way.live.waiting().filter(({ state }) => state === 'pending'), ...unsent]
  for (const request of waiting.filter(({ stated }) => stated?.bundle !== bundle.version)) {
    way.unsent.delete(request.id)
    await again(way, request)
  }
}
