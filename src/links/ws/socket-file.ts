import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { writing, writingLater } from '#disk/write-error.ts'

/** Longest path that a Unix socket can have on Linux. */
const mostPath = 107

/** Who may open a socket: this user alone, or this user's group too, where the folder lets them in. */
const modes = { user: 0o600, group: 0o660 } as const

/**
 * Listens on a Unix socket. A file that a dead server left behind is removed.
 * @throws FoobotError `socket-file` where another server answers there, or the path cannot be a socket; `disk-trouble`,
 * `not-writable`
 */
export const listenOn = async (server: Server, path: string, whose: keyof typeof modes): Promise<void> => {
  if (Buffer.byteLength(path) > mostPath)
    refuse(path, `the path is longer than ${mostPath} bytes: use a shorter data folder`)
  writing(dirname(path), () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }))
  await writingLater(path, async () => {
    await removeStale(path)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, () => {
        chmodSync(path, modes[whose])
        resolve()
      })
    })
  })
}

const removeStale = async (path: string): Promise<void> => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) refuse(path, 'something else lies there: move it away')
  if (await isAnswered(path)) refuse(path, 'another server listens there: stop it first')
  unlinkSync(path)
}

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const refuse = (path: string, why: string): never => {
  throw new FoobotError('socket-file', `${path}: ${why}`, `I cannot listen for runners on ${path}: ${why}.`)
}
