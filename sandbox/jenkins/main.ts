import { run } from '../run.ts'
import { failed, openJenkins } from './jenkins.ts'

/** `--speed`: how many times as fast as in the world builds are done; a minute takes half a second. */
run({ name: 'jenkins', numbers: { speed: 120 }, open: openJenkins, failed })
