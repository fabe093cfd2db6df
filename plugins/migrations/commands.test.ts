import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Program } from 'foobot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handlersOf, program } from '../../test/plugin.fixture.ts'
import { Repository } from './branch.ts'
import { Migrations } from './client.ts'
import migrations from './commands.ts'

let folder: string
let prod: string

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args], {
    cwd: join(folder, 'repository'),
    encoding: 'utf8',
    stdio: 'pipe',
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
  }).trim()

/** Commits files of the folder of migrations on the branch new-stuff, and gives the commit. */
const commit = (files: Readonly<Record<string, string>>): string => {
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, 'repository', 'db', 'migrations', name), text)
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Migrate')
  return git('rev-parse', 'HEAD')
}

const ask = <T>(read: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(prod)
  const answer = read(database)
  database.close()
  return answer
}
const tables = (): readonly unknown[] =>
  ask((database) => database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()).map(
    ({ name }) => name,
  )
const columns = (): readonly unknown[] =>
  ask((database) => database.prepare('SELECT name FROM pragma_table_info(?)').all('incidents')).map(({ name }) => name)

const connected = () =>
  handlersOf(migrations, {
    repository: join(folder, 'repository'),
    folder: 'db/migrations',
    databases: { prod, gone: join(folder, 'gone.sqlite') },
    owner: 'dba',
  })

const toProd = { environment: 'prod', branch: 'new-stuff', dryRun: false }
const first = { '0001-severity.sql': 'ALTER TABLE incidents ADD COLUMN severity TEXT NOT NULL DEFAULT "low";' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  prod = join(folder, 'prod.sqlite')
  ask((database) =>
    database.exec('CREATE TABLE incidents (id INTEGER PRIMARY KEY); INSERT INTO incidents VALUES (8689)'),
  )
  mkdirSync(join(folder, 'repository', 'db', 'migrations'), { recursive: true })
  git('init', '--quiet', '--initial-branch=new-stuff')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('db migrate', () => {
  it('names the commit and what it brings, and applies just that', async () => {
    const at = commit({ ...first, '0002-who.sql': "CREATE TABLE who (id TEXT); INSERT INTO who VALUES ('jhand');" })
    const { run } = await connected()
    const { resource, said, progress, answer } = await run('db migrate', toProd)
    expect(resource).toEqual({
      type: 'Database',
      id: 'prod',
      owner: 'dba',
      facts: { commit: at, pending: ['0001-severity.sql', '0002-who.sql'] },
    })
    expect(said).toEqual(['Executing DB migration in prod for branch new-stuff.'])
    expect(progress).toEqual([
      ['0001-severity.sql', 0],
      ['0002-who.sql', 0.5],
    ])
    expect(answer).toBe(`prod is at ${at.slice(0, 12)}: 2 migrations (0001-severity.sql, 0002-who.sql) applied.`)
    expect(columns()).toEqual(['id', 'severity'])
    expect(ask((database) => database.prepare('SELECT * FROM incidents').all())).toMatchObject([
      { id: 8689, severity: 'low' },
    ])
    const record = ask((database) => database.prepare('SELECT name, git_commit, request FROM foobot_migrations').all())
    expect(record).toMatchObject([
      { name: '0001-severity.sql', git_commit: at, request: '7F3A-92C1' },
      { name: '0002-who.sql' },
    ])
  })

  it('tries without changing anything', async () => {
    commit(first)
    const { run } = await connected()
    const { said, answer } = await run('db migrate', { ...toProd, dryRun: true })
    expect(said).toEqual(['Trying DB migration in prod for branch new-stuff.'])
    expect(answer).toBe('1 migration (0001-severity.sql) would apply to prod. Nothing was changed.')
    expect(tables()).toEqual(['incidents'])
    expect(columns()).toEqual(['id'])
  })

  it('applies the commit that was seen, wherever the branch is by now', async () => {
    commit(first)
    const { inspect, run } = await connected()
    const resource = await inspect('db migrate', toProd)
    commit({ '0001-severity.sql': 'DROP TABLE incidents;' })
    await run('db migrate', toProd, { resource })
    expect(columns()).toEqual(['id', 'severity'])
  })

  it('applies what is new, after what is there', async () => {
    commit(first)
    const { inspect, run } = await connected()
    await run('db migrate', toProd)
    await expect(inspect('db migrate', toProd)).rejects.toThrow('prod has all migrations of that branch already.')
    commit({ '0002-who.sql': 'CREATE TABLE who (id TEXT);' })
    expect((await inspect('db migrate', toProd)).facts.pending).toEqual(['0002-who.sql'])
  })

  it('is not run twice on what was seen once', async () => {
    commit(first)
    const { inspect, run } = await connected()
    const resource = await inspect('db migrate', toProd)
    await run('db migrate', toProd, { resource })
    await expect(run('db migrate', toProd, { resource })).rejects.toThrow('already')
    expect(columns()).toEqual(['id', 'severity'])
  })

  it('takes all back where one fails', async () => {
    commit({ ...first, '0002-wrong.sql': 'CREATE TABLE who (id TEXT); INSERT INTO nowhere VALUES (1);' })
    const { run } = await connected()
    const failed = run('db migrate', toProd)
    await expect(failed).rejects.toThrow('Nothing was changed: 0002-wrong.sql: no such table: nowhere')
    expect(tables()).toEqual(['incidents'])
    expect(columns()).toEqual(['id'])
  })

  it.each([
    ['COMMIT; CREATE TABLE left_behind (id);', 'begins or ends a transaction'],
    ['ROLLBACK; CREATE TABLE left_behind (id);', 'begins or ends a transaction'],
    ['SAVEPOINT x;', 'begins or ends a transaction'],
    ["ATTACH DATABASE 'other.sqlite' AS other;", 'reaches for another database'],
    ["VACUUM INTO 'other.sqlite';", 'VACUUM'],
    ['PRAGMA writable_schema = ON;', 'sets how SQLite works'],
    ['DELETE FROM foobot_migrations;', 'where I keep what was applied'],
    ['DROP TABLE foobot_migrations;', 'where I keep what was applied'],
    ['ALTER TABLE foobot_migrations RENAME TO gone;', 'where I keep what was applied'],
    ["SELECT load_extension('x');", 'loads an extension'],
    [
      '-- migrate:up\nCREATE TABLE who (id);\n-- migrate:down\nDROP TABLE incidents;',
      'a mark of another tool in line 1',
    ],
  ])('shows nobody a migration to sign that would leave the transaction or is not ours: %s', async (sql, why) => {
    const resource = { type: 'Database', id: 'prod', owner: 'dba', facts: { commit: '', pending: ['0002-odd.sql'] } }
    resource.facts.commit = commit({ '0002-odd.sql': sql })
    const { inspect, run } = await connected()
    await expect(inspect('db migrate', toProd)).rejects.toThrow(why)
    await expect(run('db migrate', toProd, { resource })).rejects.toThrow(why)
    expect(tables()).toEqual(['incidents'])
    expect(columns()).toEqual(['id'])
  })

  it.each([
    ['COMMIT; CREATE TABLE left_behind (id);', 'begins or ends a transaction'],
    ['SAVEPOINT x;', 'begins or ends a transaction'],
    ["ATTACH DATABASE 'other.sqlite' AS other;", 'reaches for another database'],
    ["VACUUM INTO 'other.sqlite';", 'VACUUM'],
    ['PRAGMA writable_schema = ON;', 'sets PRAGMA writable_schema'],
    ['PRAGMA user_version = 7;', 'sets PRAGMA user_version'],
    ['DELETE FROM foobot_migrations;', 'where I keep what was applied'],
    ['CREATE TRIGGER t AFTER INSERT ON foobot_migrations BEGIN SELECT 1; END;', 'where I keep what was applied'],
    ['ALTER TABLE foobot_migrations RENAME TO gone;', 'where I keep what was applied'],
    ["SELECT load_extension('x');", 'not authorized'],
  ])('lets no migration leave the transaction, whatever was made of it before: %s', async (sql, why) => {
    const system = new Migrations(new Repository(join(folder, 'repository'), 'db/migrations'), { prod })
    const migrations = [{ name: '0002-odd.sql', blob: 'b', sql: `ALTER TABLE incidents ADD COLUMN x; ${sql}` }]
    const order = { commit: 'c', code: '7F3A-92C1', dryRun: false, migrations }
    await expect(system.apply('prod', order, () => undefined, program)).rejects.toThrow(why)
    expect(tables()).toEqual(['incidents'])
    expect(columns()).toEqual(['id'])
    expect(existsSync(join(folder, 'other.sqlite'))).toBe(false)
  })

  it('believes the database where the program was ended before it could say what became of it', async () => {
    commit(first)
    const ended =
      (mayRun: boolean): Program =>
      async (file, ...rest) => {
        if (file === 'git' || mayRun) await program(file, ...rest)
        if (file !== 'git') throw new Error('It took longer than 1 s and was stopped.')
        return program(file, ...rest)
      }
    const { run } = await connected()
    await expect(run('db migrate', toProd, { program: ended(false) })).rejects.toThrow('was stopped')
    expect(columns()).toEqual(['id'])
    expect((await run('db migrate', toProd, { program: ended(true) })).answer).toContain('1 migration')
    expect(columns()).toEqual(['id', 'severity'])
  })

  it('lets migrations alter tables in every way that SQLite has', async () => {
    commit({
      '0001-alter.sql': [
        'ALTER TABLE incidents ADD COLUMN load REAL NOT NULL DEFAULT 0.5 CHECK (load >= 0);',
        'ALTER TABLE incidents RENAME COLUMN load TO level;',
        'ALTER TABLE incidents ADD COLUMN note TEXT; ALTER TABLE incidents DROP COLUMN note;',
        'CREATE INDEX by_level ON incidents (level); CREATE VIEW high AS SELECT * FROM incidents WHERE level > 0.9;',
        'CREATE TABLE old (id); DROP TABLE old;',
        'CREATE TRIGGER t AFTER INSERT ON incidents BEGIN UPDATE incidents SET level = 1; END;',
      ].join('\n'),
    })
    const { run } = await connected()
    await run('db migrate', toProd)
    expect(columns()).toEqual(['id', 'level'])
  })

  it.each(['fts5(body)', 'rtree(id, low, high)', 'fts4(body)'])(
    'makes and fills virtual tables: %s',
    async (module) => {
      commit({
        '0001-docs.sql': `CREATE VIRTUAL TABLE docs USING ${module}; INSERT INTO docs VALUES (${module.includes(',') ? '1, 1, 2' : "'a'"});`,
      })
      const { run } = await connected()
      await run('db migrate', toProd)
      expect(ask((database) => database.prepare('SELECT count(*) AS n FROM docs').get())).toEqual({ n: 1 })
    },
  )

  it('takes a file that begins with a byte order mark', async () => {
    commit({ '0001-severity.sql': `\ufeff${first['0001-severity.sql']}` })
    const { run } = await connected()
    // As the runner gives a program's output.
    const withoutMark: Program = async (...call) => {
      const ended = await program(...call)
      return { ...ended, stdout: ended.stdout.replace(/^\ufeff/, '') }
    }
    await run('db migrate', toProd)
    expect(columns()).toEqual(['id', 'severity'])
    commit({ '0002-who.sql': '\ufeff-- migrate:down\nDROP TABLE incidents;' })
    await expect((await connected()).inspect('db migrate', toProd)).rejects.toThrow('a mark of another tool in line 1')
    commit({ '0002-who.sql': '\ufeffCREATE TABLE who (id TEXT);' })
    const resource = await (await connected()).inspect('db migrate', toProd)
    await run('db migrate', toProd, { resource, program: withoutMark })
    expect(tables()).toContain('who')
  })
})

describe('a branch', () => {
  it('without the folder, or with more in it than can be read, is refused', async () => {
    writeFileSync(join(folder, 'repository', 'other.txt'), '')
    commit({})
    const { inspect } = await connected()
    await expect(inspect('db migrate', toProd)).rejects.toThrow('This branch has no folder db/migrations')
    const cut: Program = async (file, args, options) => {
      const ended = await program(file, args, options)
      return args.includes('ls-tree')
        ? { ...ended, stdout: `${ended.stdout}100644 bl\n[cut: 9 more characters]` }
        : ended
    }
    commit(first)
    const system = new Migrations(new Repository(join(folder, 'repository'), 'db/migrations'), { prod })
    const pending = system.pending('prod', git('rev-parse', 'HEAD'), cut)
    await expect(pending).rejects.toThrow('There are more files in db/migrations than I can read.')
  })

  it.each(['new-stuff~1', 'new-stuff^', 'new-stuff@{0}', 'HEAD', '../heads/new-stuff', '-h', 'v1'])(
    'is a branch and nothing else: %s',
    async (branch) => {
      commit(first)
      commit({ '0002-who.sql': 'CREATE TABLE who (id TEXT);' })
      git('tag', 'v1')
      const { inspect } = await connected()
      await expect(inspect('db migrate', { ...toProd, branch })).rejects.toThrow(`There is no branch ${branch}.`)
    },
  )

  it('that changed what was applied, or has not what was applied, fits no longer', async () => {
    commit(first)
    const { inspect, run } = await connected()
    await run('db migrate', toProd)
    commit({ '0001-twice.sql': 'SELECT 1;' })
    await expect(inspect('db migrate', toProd)).rejects.toThrow('0001-severity.sql and 0001-twice.sql have one number')
    git('rm', '--quiet', '--', 'db/migrations/0001-twice.sql')
    commit({ '0000-early.sql': 'SELECT 1;' })
    await expect(inspect('db migrate', toProd)).rejects.toThrow('comes before 0001-severity.sql, which is applied')
    commit({ '0001-severity.sql': 'SELECT 1;' })
    await expect(inspect('db migrate', toProd)).rejects.toThrow('was changed after it was applied')
    git('rm', '--quiet', '--', 'db/migrations/0001-severity.sql')
    git('commit', '--quiet', '--message', 'Remove')
    await expect(inspect('db migrate', toProd)).rejects.toThrow('this branch has not')
  })

  it('gives the content that its commit names, whatever stands in for it', async () => {
    commit(first)
    const honest = git('rev-parse', 'HEAD:db/migrations/0001-severity.sql')
    writeFileSync(join(folder, 'evil.sql'), 'DROP TABLE incidents;')
    git('replace', honest, git('hash-object', '-w', join(folder, 'evil.sql')))
    const { run } = await connected()
    await run('db migrate', toProd)
    expect(columns()).toEqual(['id', 'severity'])
  })

  it('has plain files with plain names, whole and not too many', async () => {
    const { inspect } = await connected()
    const path = join(folder, 'repository', 'db', 'migrations', '0001-link.sql')
    symlinkSync('/etc/passwd', path)
    commit({})
    await expect(inspect('db migrate', toProd)).rejects.toThrow('0001-link.sql is a symbolic link.')
    rmSync(path)
    commit({ 'two words.sql': 'SELECT 1;' })
    await expect(inspect('db migrate', toProd)).rejects.toThrow('two words.sql is no name for a migration')
    rmSync(join(folder, 'repository', 'db', 'migrations', 'two words.sql'))
    writeFileSync(path, Buffer.from([0x2d, 0x2d, 0xff]))
    commit({})
    await expect(inspect('db migrate', toProd)).rejects.toThrow('must be UTF-8')
    rmSync(path)
    mkdirSync(join(folder, 'repository', 'db', 'migrations', 'old'))
    for (const file of ['old/0001-a.sql', '0002-b.js', '0003-c.down.sql']) {
      commit({ [file]: 'SELECT 1;' })
      await expect(inspect('db migrate', toProd)).rejects.toThrow(`plain SQL files and nothing else: ${file} `)
      rmSync(join(folder, 'repository', 'db', 'migrations', file))
    }
    commit({ 'README.md': '# Migrations' })
    await expect(inspect('db migrate', toProd)).rejects.toThrow('That branch has no migrations.')
    const many = Array.from({ length: 21 }, (_, index) => [`${1000 + index}.sql`, 'SELECT 1;'] as const)
    commit(Object.fromEntries(many))
    await expect(inspect('db migrate', toProd)).rejects.toThrow('I take 20 at a time')
  })
})

describe('a database', () => {
  it('is one that the runner knows and that is there: none is made', async () => {
    commit(first)
    const { inspect } = await connected()
    await expect(inspect('db migrate', { ...toProd, environment: 'mars' })).rejects.toThrow('no database mars')
    await expect(inspect('db migrate', { ...toProd, environment: 'gone' })).rejects.toThrow('is not there')
    expect(existsSync(join(folder, 'gone.sqlite'))).toBe(false)
  })
})
