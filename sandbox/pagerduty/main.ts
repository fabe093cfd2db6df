import { run } from '../run.ts'
import { failed, openPagerDuty } from './pagerduty.ts'

/** `--duties`: so many more escalation policies, to page through. */
run({ name: 'pagerduty', numbers: { duties: 0 }, open: openPagerDuty, failed })
