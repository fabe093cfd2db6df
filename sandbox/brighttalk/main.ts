import { run } from '../run.ts'
import { failed, openBrightTalk } from './brighttalk.ts'

/** `--registrations`: so many more for the next webcast, for paging. */
run({ name: 'brighttalk', numbers: { registrations: 0 }, open: openBrightTalk, failed })
