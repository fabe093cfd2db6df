import { readMachineKey } from '#config/machine-key.ts'
import type { ServerConfig } from '#config/server.ts'
import type { Company } from '#core/bundle/company.ts'
import type { Clock } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Factors } from '#engine/way.ts'
import { Totp } from '#factors/totp/totp.ts'

/**
 * The services that attest, those that the server's file names.
 * @throws FoobotError `machine-key` where a key is not the one that the bundle lists for its service
 */
export const factorsOf = ({ totp }: ServerConfig, { attesting }: Company, clock: Clock): Factors => {
  if (!totp) return {}
  const key = readMachineKey(totp.key)
  if (attesting.get('totp') !== key.key) {
    const say = `The bundle does not list the key of ${totp.key}. Write in company.yaml: "attesting: { totp: ${key.key} }", have that signed, and start again.`
    throw new FoobotError('machine-key', say, say)
  }
  return { totp: new Totp({ key, secrets: totp.secrets, clock }) }
}
