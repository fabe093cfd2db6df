import { run } from '../run.ts'
import { failedInventory, openInventory } from './inventory.ts'

/** `--speed`: how many times as fast as in the world work gets done; ten minutes take three seconds. */
run({ name: 'servers', numbers: { speed: 200 }, open: openInventory, failed: failedInventory })
