import { argv } from 'node:process'
import { Claims } from '#runner/claims.ts'

/** Claims 1, 2, 3, … in a folder for as long as it lives, and tells its parent of each claim that is durable. */
const folder = argv[2] ?? ''
const claims = await Claims.open(folder, Math.floor(Date.now() / 1000), () => 'ab'.repeat(16))

for (let n = 1; n < 1_000_000; n++) {
  const at = Math.floor(Date.now() / 1000)
  const request = n.toString(16).padStart(32, '0')
  const durable = claims.claim({ request, at, exp: at + 300, statement: request.repeat(2), warrant: request.repeat(2) })
  if (!durable) continue
  void durable.then(() => process.send?.(request))
  if (n % 5 === 0) await durable
}
