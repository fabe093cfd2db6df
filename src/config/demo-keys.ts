/** Lies beside keys that were made for trying out, in `<data>/keys`: `foobot doctor` fails on them. */
export const demoMark = 'DEMO-KEYS'
