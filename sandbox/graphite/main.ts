import { run } from '../run.ts'
import { failed, openGraphite } from './graphite.ts'

run({ name: 'graphite', open: openGraphite, failed })
