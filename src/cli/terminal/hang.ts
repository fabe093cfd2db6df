const indent = '  '

/**
 * A line of our own in rows of a width, no character lost: rows that go on are indented, so that none looks like a line of
 * its own. Where it can it breaks behind a space.
 * @param text one line of narrow characters
 */
export const hang = (text: string, width: number): string[] => {
  const rows: string[] = []
  let rest = text
  while (rest.length > Math.max(width, indent.length + 1)) {
    const most = Math.max(width, indent.length + 1)
    const space = rest.lastIndexOf(' ', most - 1) + 1
    const at = space > most / 2 ? space : most
    rows.push(rest.slice(0, at))
    rest = indent + rest.slice(at)
  }
  return [...rows, rest]
}
