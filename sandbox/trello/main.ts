import { run } from '../run.ts'
import { failed, openTrello } from './trello.ts'

/**
 * `--limit`: requests of one token in ten seconds, 100 at the vendor's. `--cards`: so many more that are done, and lie on
 * the first board.
 */
run({ name: 'trello', numbers: { limit: 100, cards: 0 }, open: openTrello, failed })
