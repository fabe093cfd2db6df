/** What is hidden in a text, in UTF-16 code units. */
export type Range = { readonly from: number; readonly to: number }

/** Ranges in their order; those that overlap are one. */
export const merged = (ranges: readonly Range[]): Range[] => {
  const all: { from: number; to: number }[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = all.at(-1)
    if (last && from < last.to) last.to = Math.max(last.to, to)
    else all.push({ from, to })
  }
  return all
}
