import { run } from '../run.ts'
import { openBilling } from './billing.ts'

/** `--limit`: requests in five minutes; 2,000 is what the vendor gives a site for trying out. */
run({ name: 'billing', numbers: { limit: 2000 }, open: openBilling })
