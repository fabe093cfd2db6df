import { run } from '../run.ts'
import { failed, openNetworks } from './networks.ts'

run({ name: 'networks', open: openNetworks, failed })
