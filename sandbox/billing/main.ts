import { run } from '../run.ts'
import { failedBilling, openBilling } from './billing.ts'

/** `--limit`: requests in five minutes; 2,000 is what the vendor gives a site for trying out. `--invoices`: late ones beside the few. */
run({ name: 'billing', numbers: { limit: 2000, invoices: 0 }, open: openBilling, failed: failedBilling })
