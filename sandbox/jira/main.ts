import { run } from '../run.ts'
import { failedJira, openJira } from './jira.ts'

/** `--first`: the number of the first issue. */
run({ name: 'jira', numbers: { first: 366 }, open: openJira, failed: failedJira })
