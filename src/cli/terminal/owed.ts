import type { Owed } from '#wire/native.ts'

/** What a request waits for, in words: `approval from someone in Backend, asked for by tier dangerous ("Foobot approve slick")`. */
export const owedInWords = (owes: readonly Owed[]): string => owes.map(oneInWords).join('; ')

const oneInWords = ({ kind, group, count = 1, word, because, from = [] }: Owed): string => {
  const why = because === undefined ? '' : `, asked for by ${because.replaceAll(', ', ' and ')}`
  switch (kind) {
    case 'signature':
      return `the requester's signature${why}`
    case 'second-factor':
      return `the requester's second factor${why}`
    case 'reason':
      return `a reason${why}`
    case 'approval': {
      const whom = `${count === 1 ? 'someone' : `${count} people`} in ${group ?? 'the owner’s group'}`
      const names = from.length === 0 ? '' : ` (${someNames(from)})`
      return `approval from ${whom}${names}${why}${word === undefined ? '' : ` ("Foobot approve ${word}")`}`
    }
  }
}

/** So many names are read; more are counted. */
const mostNames = 5

const someNames = (names: readonly string[]): string =>
  names.length <= mostNames
    ? names.join(', ')
    : `${names.slice(0, mostNames - 1).join(', ')} and ${names.length - mostNames + 1} others`
