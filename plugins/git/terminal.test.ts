import { describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

const drawn = 'Counting: 50% (1/2)\rCounting: 100% (2/2)\rCounting: 100% (2/2), done.\nTo x\n   a..b  m -> m\n'

describe('a terminal', () => {
  it('shows each line as it was drawn last, however it comes', () => {
    for (let size = 1; size <= drawn.length; size++) {
      const redrawn: unknown[] = []
      const terminal = new Terminal((...line) => redrawn.push(line))
      for (let at = 0; at < drawn.length; at += size) terminal.write(drawn.slice(at, at + size))
      expect(terminal.lines()).toEqual(['Counting: 100% (2/2), done.', 'To x', '   a..b  m -> m'])
      expect(redrawn).toEqual([
        ['Counting: 50% (1/2)', 0.5],
        ['Counting: 100% (2/2)', 1],
      ])
    }
  })

  it('keeps a line that was only redrawn, and one without an end', () => {
    const terminal = new Terminal(() => undefined)
    terminal.write('remote: a\r\nlast')
    expect(terminal.lines()).toEqual(['remote: a', 'last'])
  })
})
