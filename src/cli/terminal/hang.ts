const indent = '  '

/**
 * A line of our own in rows of a width, no character lost: rows that go on are indented, so that none looks like a line of
 * its own. Where it can it breaks behind a space.
 * @param text one line of narrow characters
 */
export const hang = (text: string, width: number): string[] => {
  const rows: string[] = []
  const most = Math.max(width, indent.length + 1)
  let rest = text
  while (rest.length > most) {
    const space = rest.lastIndexOf(' ', most - 1) + 1
    const at = space > Math.max(most / 2, indent.length) ? space : most
    rows.push(rest.slice(0, at))
    rest = indent + rest.slice(at)
  }
  return [...rows, rest]
}
