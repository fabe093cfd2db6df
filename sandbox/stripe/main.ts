import { run } from '../run.ts'
import { failedStripe, openStripe } from './stripe.ts'

/** `--invoices`: late ones beside the few. */
run({ name: 'stripe', numbers: { invoices: 0 }, open: openStripe, failed: failedStripe })
