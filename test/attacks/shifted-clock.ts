import { readFileSync } from 'node:fs'

/** Loaded before a process's own code: its wall clock is off by so many milliseconds as stand in a file. */
const file = process.env.FOOBOT_TEST_CLOCK
const right = Date.now
if (file !== undefined) Date.now = () => right() + Number(readFileSync(file, 'utf8'))
