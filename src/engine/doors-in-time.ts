import { keyRemoveKind } from '#core/bundle/key-change.ts'
import type { Doors } from './doors.ts'
import { isOver, overText } from './too-old.ts'
import type { Way } from './way.ts'

/**
 * The doors, and what is left of each once the bundle has ended: whatever gives somebody something is shut, and who asks
 * is told why. The removal of a key only takes away, and comes through.
 */
export const doorsInTime = (way: Way, doors: Doors): Doors => {
  const inTime =
    <A extends unknown[], R>(door: (...asked: A) => R, afterwards: (say: string, ...asked: A) => R) =>
    (...asked: A): R =>
      isOver(way) ? afterwards(overText(way), ...asked) : door(...asked)

  return {
    present: inTime(doors.present, async (say, envelope) =>
      envelope.payloadType === keyRemoveKind.type ? doors.present(envelope) : { accepted: false, say },
    ),
    toSign: inTime(doors.toSign, (say) => ({ say })),
    hear: inTime(doors.hear, async () => 'away'),
    phone: inTime(doors.phone, async (say) => ({ type: 'over' as const, say })),
    enrol: inTime(doors.enrol, async (say) => ({ accepted: false, say })),
  }
}
