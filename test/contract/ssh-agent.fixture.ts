import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { u32 } from '#core/signature/ssh-wire.ts'

/** A real ssh-agent on a socket of its own. */
export const startAgent = async (socket: string) => {
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  while (!existsSync(socket)) await wait(5)
  const add = (...args: readonly string[]): void => {
    execFileSync('ssh-add', ['-q', ...args], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
  }
  const stop = async (): Promise<void> => {
    child.kill()
    await once(child, 'exit')
  }
  return { socket, add, stop }
}

/** An agent that answers each question as a test says: type and body in, the frames' bytes out; nothing closes. */
export const fakeAgent = async (socket: string, answer: (type: number, body: Buffer) => readonly Uint8Array[]) => {
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy())
    connection.on('data', async (frame) => {
      const bytes = answer(frame.readUInt8(4), frame.subarray(5))
      if (bytes.length === 0) return connection.end()
      for (const part of bytes) {
        connection.write(part)
        await wait(1)
      }
    })
  })
  server.listen(socket)
  await once(server, 'listening')
  return { socket, stop: () => server.close() }
}

/** A frame of the agent's protocol. */
export const frame = (type: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat([Buffer.of(type), ...parts])
  return Buffer.concat([u32(body.length), body])
}
