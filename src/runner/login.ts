import type { MachineKey } from '#config/machine-key.ts'
import type { RunnerConfig } from '#config/runner.ts'
import { keyid } from '#core/signature/key.ts'
import { loginKind, socketOrigin } from '#core/signature/login.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'

/** What answers a server's challenge. @param now seconds */
export const loginOf = (
  { server, deployment, name: runner }: Pick<RunnerConfig, 'server' | 'deployment' | 'name'>,
  { key, sign }: MachineKey,
  nonce: string,
  now: number,
): Envelope => {
  const origin = originOf(server, deployment)
  const body = loginKind.encode({ v: 2, deployment, server: origin, door: 'runner', runner, nonce, iat: now })
  return sealEnvelope(loginKind, body, [{ keyid: keyid(key), sig: sign(loginKind.pae(body)) }])
}

/** The origin that a login names: what was dialled. */
const originOf = (server: string, deployment: string): string =>
  server.startsWith('ws+unix:') ? socketOrigin(deployment) : new URL(server).origin.replace(/^ws/, 'http')
