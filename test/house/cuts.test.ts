import { describe, expect, it } from 'vitest'
import { isTest, readSources, type Source } from './sources.ts'

/** Takes the beginning or end of something, which is text as often as not. */
const cutting = /\.(slice\((0,|-)|substring\(|substr\(|subarray\(0,)/

const list = 'a list'
const digits = 'digits or letters of ASCII, as a date, a digest or an id'
const bytes = 'bytes'
const grammar = 'a place that a parser found'
const looked = 'text that is looked at, and not shown'

/** Where something is cut otherwise than by core/text/cut.ts, and what it is. */
const others: Readonly<Record<string, string>> = {
  'plugins/billing/late.ts': `${list}; ${digits}`,
  'plugins/graphs/chart/markup.ts': list,
  'plugins/graphs/commands.ts': list,
  'plugins/graphs/words.ts': list,
  'plugins/graphs/zone.ts': digits,
  'plugins/jenkins/deployment.ts': list,
  'plugins/jenkins/following.ts': list,
  'plugins/migrations/branch.ts': list,
  'plugins/migrations/commands.ts': digits,
  'plugins/migrations/folder.ts': list,
  'plugins/migrations/marker.ts': grammar,
  'plugins/migrations/sql.ts': grammar,
  'plugins/on-call/commands.ts': list,
  'plugins/webinars/networks/x.ts': digits,
  'src/cli/bundle/checked-policy.ts': list,
  'src/cli/chat/screen.ts': 'between characters, which were told apart before',
  'src/cli/doctor/demo-keys.ts': `${list}; a file’s name without what it ends in`,
  'src/cli/init/answers.ts': digits,
  'src/cli/key/list.ts': digits,
  'src/cli/log-folder.ts': `${bytes}; ${list}`,
  'src/cli/on-day.ts': digits,
  'src/cli/terminal/blocks.ts': list,
  'src/cli/terminal/hang.ts': 'narrow characters, and none is lost',
  'src/cli/terminal/owed.ts': list,
  'src/cli/terminal/paste-reader.ts': 'what was typed from what was pasted, and none is lost',
  'src/cli/terminal/sheet.ts': `${list}; a row of our own`,
  'src/cli/terminal/picture/keep.ts': `${digits}; ${list}`,
  'src/cli/terminal/picture/pixels.ts': bytes,
  'src/cli/terminal/picture/sixel.ts': list,
  'src/cli/terminal/wrap.ts': 'between characters, by core/text/cut.ts',
  'src/client/key-file.ts': `${bytes}; base64`,
  'src/config/complaint.ts': list,
  'src/config/picture.ts': bytes,
  'src/config/yaml-file.ts': list,
  'src/core/bundle/end.ts': digits,
  'src/core/bundle/plugin-codes.ts': list,
  'src/core/command/calendar.ts': digits,
  'src/core/command/compile.ts': list,
  'src/core/command/complete.ts': `${grammar}; ${list}`,
  'src/core/command/near.ts': `${looked}; ${list}`,
  'src/core/command/render.ts': list,
  'src/core/command/said/time.ts': digits,
  'src/core/command/seconds.ts': digits,
  'src/core/command/template.ts': list,
  'src/core/command/types/date.ts': digits,
  'src/core/command/types/values.ts': list,
  'src/core/log/audit.ts': list,
  'src/core/log/checkpoint.ts': digits,
  'src/core/log/entry.ts': bytes,
  'src/core/log/note.ts': grammar,
  'src/core/policy/cedar.ts': 'bytes whose lines are counted',
  'src/core/policy/enough.ts': list,
  'src/core/policy/faulty-text.ts': list,
  'src/core/signature/key-name.ts': digits,
  'src/core/signature/open.ts': list,
  'src/core/signature/webauthn.ts': bytes,
  'src/core/statement/statement.ts': digits,
  'src/core/text/cut.ts': 'this is where text is cut',
  'src/engine/change-keys.ts': digits,
  'src/engine/engine.ts': list,
  'src/engine/faulty-rules.ts': list,
  'src/engine/key-differences.ts': list,
  'src/engine/link.ts': digits,
  'src/engine/owed.ts': list,
  'src/engine/receive.ts': digits,
  'src/links/ws/connection.ts': list,
  'src/platforms/native/cursors.ts': bytes,
  'src/runner/held-bundle.ts': list,
  'src/runner/journal.ts': digits,
  'src/runner/output.ts': list,
  'src/runner/redact.ts': 'what is shown of a text so far, the rest of which comes after it',
  'src/runner/redact/dump.ts': looked,
  'src/runner/redact/encodings.ts': digits,
  'src/runner/runner.ts': list,
  'src/storage/sqlite/chat-store.ts': list,
  'src/storage/sqlite/migrate.ts': digits,
  'src/storage/sqlite/request-row.ts': bytes,
  'web/desk/statement/digest.ts': digits,
}

const sources = readSources(['src', 'plugins', 'web', 'examples']).filter(({ path }) => !isTest(path))

const cuts = ({ path, text }: Source): string[] =>
  text.split('\n').flatMap((line, index) => (cutting.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []))

describe('a text that people read', () => {
  it('is cut between characters: by cut of core/text/cut.ts, or foobot', () => {
    expect(sources.filter(({ path }) => !(path in others)).flatMap(cuts)).toEqual([])
  })

  it('would be told otherwise', () => {
    for (const line of [
      'say(why.slice(0, 100))',
      'end.slice(-2000)',
      'text.substring(3)',
      'bytes.subarray(0, 9).toString()',
    ])
      expect(cuts({ path: 'x.ts', text: line })).toEqual([`x.ts:1: ${line}`])
  })

  it('is no excuse for a file that is gone', () => {
    const known = new Set(sources.map(({ path }) => path))
    expect(Object.keys(others).filter((path) => !known.has(path))).toEqual([])
  })
})
