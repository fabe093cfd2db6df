import { readFileSync } from 'node:fs'

/**
 * Loaded before a process's own code: its wall clock is off by so many milliseconds as stand in a file, or stands still at the
 * time that stands there behind `at`.
 */
const file = process.env.FOOBOT_TEST_CLOCK
const right = Date.now
const shifted = (text: string): number => (text.startsWith('at ') ? Number(text.slice(3)) : right() + Number(text))
if (file !== undefined) Date.now = () => shifted(readFileSync(file, 'utf8'))
