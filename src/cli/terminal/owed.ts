import type { Owed } from '#wire/native.ts'

/** What a request waits for, in words: `approval from someone in Backend ("Foobot approve slick")`. */
export const owedInWords = (owes: readonly Owed[]): string => owes.map(oneInWords).join(', ')

const oneInWords = ({ kind, group, count = 1, word }: Owed): string => {
  switch (kind) {
    case 'signature':
      return 'the signature of who asked'
    case 'second-factor':
      return 'the second factor of who asked'
    case 'reason':
      return 'a reason'
    case 'approval': {
      const whom = `${count === 1 ? 'someone' : `${count} people`} in ${group ?? 'the owner’s group'}`
      return `approval from ${whom}${word === undefined ? '' : ` ("Foobot approve ${word}")`}`
    }
  }
}
