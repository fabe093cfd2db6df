import { clean } from './terminal/clean.ts'

/** Prints what a server or a file may have worded: nothing of it steers the terminal, or hides there. */
export const tell = (text: string): void => console.log(clean(text))

/** Prints one line on standard error, in this program's own name. */
export const complain = (text: string): void => console.error(`foobot: ${clean(text).replaceAll('\n', ' ')}`)
