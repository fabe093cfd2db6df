import { bounds } from '../../src/bounds/bound.ts'
import { floods, type Target } from './floods.ts'
// Loading them declares the bounds that floods go beyond.
import '../../src/http/server.ts'
import '../../src/links/ws/runner-link.ts'
import '../../src/platforms/native/native.ts'

/** One flood, in a process of its own: what it costs to flood is not the server's cost. */
process.once('message', async ({ name, target }: { readonly name: string; readonly target: Target }) => {
  const flood = floods.find((one) => one.name === name)
  const bound = bounds().find((one) => one.name === flood?.bound)
  if (!flood || !bound) throw new Error(`no flood ${name}, or no bound ${flood?.bound}`)
  const tried = await flood.run(target, bound)
  process.send?.({ tried })
  process.exit(0)
})
process.send?.({ ready: true })
