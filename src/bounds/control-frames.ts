import { bound } from './bound.ts'
import { Bucket } from './bucket.ts'

const controlRate = { most: 60, perSecond: 1 }
const frames = bound('control-frames', {
  ...controlRate,
  unit: 'frames',
  of: 'pings and pongs on one WebSocket that has signed in',
  say: 'The connection ends.',
})

/** What of a WebSocket is needed. */
type Ended = {
  on(event: 'ping' | 'pong', heard: () => void): unknown
  off(event: 'ping' | 'pong', heard: () => void): unknown
  terminate(): void
}

/**
 * Ends a connection that pings, or answers what it was not asked, again and again. Such frames are dealt with as they are read,
 * whatever else waits its turn: no other rate counts them.
 * @param clock milliseconds
 */
export const limitControlFrames = (socket: Ended, clock: () => number): void => {
  const rate = new Bucket(controlRate, clock)
  const count = (): void => {
    if (rate.tryTake()) return
    frames.reached()
    socket.off('ping', count)
    socket.off('pong', count)
    socket.terminate()
  }
  socket.on('ping', count)
  socket.on('pong', count)
}
