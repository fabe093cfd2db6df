import { type Line, linesOf } from '../statement/display.ts'
import type { Statement } from '../statement/statement.ts'
import { Exact, hasEscapes } from './exact.tsx'

/** What heads a group of lines, by the first part of their names; the command needs no heading. */
const headings: Readonly<Record<string, string>> = {
  requester: 'Who asks',
  agent: 'Who asks',
  resource: 'What it acts on',
  fact: 'What it acts on',
  via: 'Where it was said',
  deployment: 'What carries it out',
  id: 'Which, and until when',
}

/** Every line of a statement, exactly as a terminal prints it, under headings. */
export const StatementLines = ({ statement }: { readonly statement: Statement }) => {
  const lines = linesOf(statement)
  return (
    <>
      {sectionsOf(lines).map(({ heading, lines }) => (
        <section key={heading ?? ''}>
          {heading && <h2>{heading}</h2>}
          <dl>
            {lines.map((line) => (
              <div class={`line ${styleOf(line)}`} key={line.name}>
                <dt>{line.name}</dt>
                <dd>
                  <Exact value={line.value} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {lines.some(({ value }) => hasEscapes(value)) && (
        <p class="note">
          <mark>\u0000</mark> and its like stand for one character each, outside plain ASCII, by its number.
        </p>
      )}
    </>
  )
}

type Section = { readonly heading: string | undefined; readonly lines: Line[] }

const sectionsOf = (lines: readonly Line[]): readonly Section[] => {
  const sections: Section[] = []
  for (const line of lines) {
    const heading = headings[line.name.split('.')[0] ?? '']
    const last = sections.at(-1)
    if (last && (heading === undefined || heading === last.heading)) last.lines.push(line)
    else sections.push({ heading, lines: [line] })
  }
  return sections
}

const styleOf = ({ name, value }: Line): string => {
  if (name === 'text') return 'command'
  return name === 'tier' && /dangerous|critical/.test(value) ? 'danger' : ''
}
