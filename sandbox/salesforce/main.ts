import { run } from '../run.ts'
import { failedSalesforce, makePrivateKey, openSalesforce } from './salesforce.ts'

/** `--batch`: records of one page; the vendor's own number is 2,000. */
run({
  name: 'salesforce',
  numbers: { batch: 2000 },
  open: openSalesforce,
  makeCredential: makePrivateKey,
  failed: failedSalesforce,
})
