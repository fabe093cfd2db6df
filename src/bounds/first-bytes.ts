import type { Socket } from 'node:net'
import type { Bound } from './bound.ts'

/**
 * Ends a connection that sends more than so many bytes before it is known who it is. Frames have a limit of their own; this one
 * holds for all of them, pings too.
 * @returns call it once it is known: from then on nothing is counted
 */
export const limitFirstBytes = (socket: Socket, limit: Bound): (() => void) => {
  const before = socket.bytesRead
  const count = (): void => {
    if (socket.bytesRead - before <= limit.most) return
    limit.reached()
    socket.destroy()
  }
  socket.on('data', count)
  return () => socket.off('data', count)
}
