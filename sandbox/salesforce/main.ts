import { run } from '../run.ts'
import { failedSalesforce, makePrivateKey, openSalesforce } from './salesforce.ts'

/** `--batch`: records of one page; the vendor's own number is 2,000. `--leads`: so many more in the quarter of the talk. */
run({
  name: 'salesforce',
  numbers: { batch: 2000, leads: 0 },
  open: openSalesforce,
  makeCredential: makePrivateKey,
  failed: failedSalesforce,
})
