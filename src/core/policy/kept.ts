/** Answers that are kept, at most so many: the one not asked for longest goes first. */
export type Kept<T> = {
  /** The kept answer, or a new one, which is kept unless `make` throws. */
  get(key: string, make: () => T): T
  readonly asked: number
  /** How many had to be made anew. */
  readonly missed: number
}

export const keep = <T>(most: number): Kept<T> => {
  const answers = new Map<string, { readonly answer: T }>()
  let asked = 0
  let missed = 0
  return {
    get: (key, make) => {
      asked += 1
      const kept = answers.get(key)
      if (kept) {
        answers.delete(key)
        answers.set(key, kept)
        return kept.answer
      }
      missed += 1
      const answer = make()
      answers.set(key, { answer })
      const [oldest] = answers.keys()
      if (answers.size > most && oldest !== undefined) answers.delete(oldest)
      return answer
    },
    get asked() {
      return asked
    },
    get missed() {
      return missed
    },
  }
}
