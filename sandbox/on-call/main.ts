import { run } from '../run.ts'
import { failed, openOnCall } from './on-call.ts'

/** `--limit`: requests to one address in a minute, 6 at the vendor's; to the on-call list 1. 0 counts none. */
run({ name: 'on-call', numbers: { limit: 6 }, open: openOnCall, failed })
