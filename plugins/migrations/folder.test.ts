import { describe, expect, it } from 'vitest'
import { checkNumbers, type Entry, migrationsOf } from './folder.ts'

const plain = (...paths: readonly string[]): readonly Entry[] =>
  paths.map((path) => ({ mode: '100644', blob: path, path }))
const names = (entries: readonly Entry[]) => migrationsOf(entries).map(({ name }) => name)

describe('a folder of migrations', () => {
  it('holds plain SQL files, in the order of their names, and what is known to be none', () => {
    const beside = ['README.md', 'readme', '.gitkeep', '.gitattributes', '.editorconfig']
    expect(names(plain('0002-b.sql', '0001-a.sql', '0003-set-up-teams.sql', 'V0004__d.sql', ...beside))).toEqual([
      '0001-a.sql',
      '0002-b.sql',
      '0003-set-up-teams.sql',
      'V0004__d.sql',
    ])
  })

  it.each<readonly [string, string]>([
    ['0001_a.down.sql', 'by its name it undoes a migration'],
    ['0001_a.DOWN.sql', 'by its name it undoes a migration'],
    ['0001_a.undo.sql', 'by its name it undoes a migration'],
    ['20260101-a-down.sql', 'by its name it undoes a migration'],
    ['down.sql', 'by its name it undoes a migration'],
    ['rollback_0001.sql', 'by its name it undoes a migration'],
    ...[
      '0001_reverse.sql',
      '0001-backward.sql',
      '0001_unapply.sql',
      '0001_downgrade.sql',
      '0001_roll_back.sql',
      '0001Down.sql',
      '0001-createUsersDown.sql',
      '0001_DownMigration.sql',
      'undoVip.sql',
      '0001.d.sql',
    ].map((file) => [file, 'by its name it undoes a migration'] as const),
    ['1.up.postgres.sql', 'by its name it is one half of a pair'],
    ['0001.u.sql', 'by its name it is one half of a pair'],
    ...['schema.sql', 'structure.sql', 'Seeds.sql', 'dump.sql', 'current.sql'].map(
      (file) => [file, 'by its name it is no change'] as const,
    ),
    ['U1__a.sql', 'by its name it undoes a migration (Flyway)'],
    ['0001_a.up.sql', 'by its name it is one half of a pair'],
    ['20260101-a-up.sql', 'by its name it is one half of a pair'],
    ['001.do.a.sql', 'by its name it is one half of a pair'],
    ['001.do.sql', 'by its name it is one half of a pair'],
    ['R__views.sql', 'by its name it is applied again and again (Flyway)'],
    ['B7__base.sql', 'by its name it stands for others (Flyway)'],
    ['afterMigrate.sql', 'by its name it runs at each migration (Flyway)'],
    ...['0001.rb', '0001.js', '0001.ts', '0001.py', '0001.xml', '0001.yaml', '0001.json', 'schema.prisma'].map(
      (file) => [file, 'does not end in ".sql"'] as const,
    ),
    ...[
      '0001.SQL',
      '0001.sql.gz',
      '0001.psql',
      '0001.ddl',
      '0001.sql~',
      '.0001.sql.swp',
      'sqitch.plan',
      'Makefile',
    ].map((file) => [file, 'does not end in ".sql"'] as const),
    ['.hidden.sql', 'is no name for a migration'],
    ['two words.sql', 'is no name for a migration'],
    ['20260101_a/migration.sql', 'lies in a folder below'],
    ['2026-01-01-a/up.sql', 'lies in a folder below'],
    ['revert/a.sql', 'lies in a folder below'],
    ['sub/README.md', 'lies in a folder below'],
    ['evil\n0002-b.sql', 'is no name for a migration'],
  ])('is refused with %j, by name', (file, why) => {
    const shown = /^[\w./ -]+$/.test(file) ? file : JSON.stringify(file)
    expect(() => names(plain('0001-a.sql', file))).toThrow(`and nothing else: ${shown} `)
    expect(() => names(plain('0001-a.sql', file))).toThrow(why)
  })

  it.each([
    ['120000', '0001-a.sql', 'is a symbolic link'],
    ['160000', '0001-a.sql', 'is no plain file'],
    ['120000', 'README.md', 'is a symbolic link'],
  ])('is refused with what is no file of its own: %s', (mode, path, why) => {
    expect(() => names([{ mode, blob: '', path }])).toThrow(`${path} ${why}`)
  })

  it('names five of many', () => {
    const many = plain(...Array.from({ length: 8 }, (_, index) => `${index}.js`))
    expect(() => names(many)).toThrow(/0\.js .+; 4\.js does not end in ".sql"; and 3 more\.$/)
  })
})

describe('numbers of migrations', () => {
  const check = (all: readonly string[], pending = all) =>
    checkNumbers(
      all.map((name) => ({ name, blob: '' })),
      ({ name }) => pending.includes(name),
    )

  it.each([
    [['0001-a.sql', '0002-b.sql', '0002-c.sql'], '0002-b.sql and 0002-c.sql have one number: give each its own.'],
    [['1-a.sql', '10-b.sql', '2-c.sql'], '10-b.sql comes before 2-c.sql by name, and after it by number'],
    [['V1.10__a.sql', 'V1.2__b.sql'], 'V1.10__a.sql comes before V1.2__b.sql by name, and after it by number'],
    [['001-a.sql', '1-b.sql'], '001-a.sql and 1-b.sql have one number'],
  ])('are each one’s own, and in the order of the names: %j', (all, why) => {
    expect(() => check(all)).toThrow(why)
  })

  it.each([
    [['2026-01-01-a.sql', '2026-01-02-b.sql', '20260103000000_c.sql']],
    [['0001-2fa.sql', '0002-b.sql', 'later.sql']],
  ])('may be dates, or missing: %j', (all) => {
    expect(() => check(all)).not.toThrow()
  })

  it('of what is applied stay as they are', () => {
    expect(() => check(['0001-a.sql', '0001-b.sql', '0002-c.sql'], ['0002-c.sql'])).not.toThrow()
  })
})
