import { describe, expect, it } from 'vitest'
import { isTest, readSources, type Source } from './sources.ts'

/** Writes to the terminal, or to whoever reads the output. */
const printing =
  /\bconsole\b|process\.std(?:out|err)\.(?:write|end|cork)\b|\b(?:stream|output|stdout|stderr)\.write\(|\bwriteSync\(/

/** The one place that prints. */
const printer = 'src/cli/tell.ts'

/** Others that write, each with the reason; all that they show of others goes through terminal/paint.ts or clean.ts. */
const others: Readonly<Record<string, string>> = {
  'src/cli/ask-to-sign.ts': 'the statement to sign, painted line by line',
  'src/cli/chat/screen.ts': 'moves the cursor around a line that is being typed; lines are painted',
  'src/cli/phone/hold.ts': 'the sheet of a phone, painted line by line',
  'src/cli/question.ts': 'the prompt of a line that is being typed',
  'src/cli/say-output.ts': 'replaces progress in place; lines are painted',
  'src/cli/terminal/keyboard.ts': 'asks the terminal to mark what is pasted',
  'src/cli/terminal/picture/ask-terminal.ts': 'asks the terminal what it can show',
  'src/processes/log.ts': 'JSON lines for operators, escaped',
}

const sources = readSources(['src/cli', 'src/client', 'src/processes']).filter(({ path }) => !isTest(path))

const prints = ({ path, text }: Source): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      printing.test(line) && !/^\s*(?:\*|\/)/.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    )

describe('what comes from elsewhere', () => {
  it(`is printed by ${printer}, and by nothing else`, () => {
    expect(sources.filter(({ path }) => path !== printer && !(path in others)).flatMap(prints)).toEqual([])
    expect(prints(sources.find(({ path }) => path === printer) ?? { path: printer, text: '' }).length).toBeGreaterThan(
      0,
    )
  })

  it('would be told otherwise', () => {
    for (const line of ['console.log(say)', 'process.stderr.write(say)', 'this.stream.write(say)', 'writeSync(1, say)'])
      expect(prints({ path: 'x.ts', text: line })).toEqual([`x.ts:1: ${line}`])
  })

  it('is no excuse for a file that is gone', () => {
    const known = new Set(sources.map(({ path }) => path))
    expect(Object.keys(others).filter((path) => !known.has(path))).toEqual([])
  })
})
