import { describe, expect, it } from 'vitest'
import { faultIn } from './sql.ts'

const faultOf = (sql: string) => faultIn({ name: '0001-x.sql', blob: '', sql })
const drop = 'DROP TABLE customers;'
const up = 'ALTER TABLE customers ADD COLUMN vip;'

describe('a migration with marks of another tool', () => {
  it.each([
    ['dbmate', `-- migrate:up\n${up}\n-- migrate:down\n${drop}`],
    ['dbmate, with options', `-- migrate:up transaction:false\n${up}`],
    ['dbmate, in other case and spacing', `${up}\n  --   Migrate : DOWN\n${drop}`],
    ['dbmate, with CRLF', `${up}\r\n-- migrate:down\r\n${drop}\r\n`],
    ['dbmate, after a block comment', `${up}\n/* the end */ -- migrate:down\n${drop}`],
    ['dbmate, within a block comment', `${up}\n/*\n-- migrate:down\n*/`],
    ['dbmate, in a block comment of stars', `${up}\n/*\n * migrate:down\n */`],
    ['dbmate, after a statement', `${up} -- migrate:down\n${drop}`],
    ['goose', `-- +goose Up\n${up}\n-- +goose Down\n${drop}`],
    ['goose, statements', `-- +goose StatementBegin\n${up}`],
    ['goose, without a space', `${up}\n--+goose down\n${drop}`],
    ['goose, transactions', `-- +goose NO TRANSACTION\n${up}`],
    ['sql-migrate', `${up}\n-- +migrate Down\n${drop}`],
    ['micrate', `${up}\n-- +micrate Down\n${drop}`],
    ['rambler', `${up}\n-- rambler down\n${drop}`],
    ['MyBatis', `${up}\n--//@UNDO\n${drop}`],
    ['MyBatis, spaced', `${up}\n-- // @UNDO\n${drop}`],
    ['MyBatis, of old', `${up}\n// @undo\n${drop}`],
    ['Liquibase', `--liquibase formatted sql\n${up}`],
    ['Liquibase, a change set', `-- changeset ann:1\n${up}`],
    ['Liquibase, undoing', `${up}\n--rollback ${drop}`],
    ['Liquibase, undoing in a block', `${up}\n/* liquibase rollback\n${drop}\n*/`],
    ['Play', `# --- !Ups\n${up}\n# --- !Downs\n${drop}`],
    ['Play, in SQL’s comments', `-- !Ups\n${up}\n-- !Downs\n${drop}`],
    ['node-pg-migrate', `-- Up Migration\n${up}\n-- Down Migration\n${drop}`],
    ['node-sqlite', `--------\n-- Up\n--------\n${up}\n--------\n-- Down\n--------\n${drop}`],
    ['shmig', `-- ====  UP  ====\n${up}\n-- ==== DOWN ====\n${drop}`],
    ['alembic', `-- upgrade\n${up}\n-- Downgrade:\n${drop}`],
    ['tern', `${up}\n---- create above / drop below ----\n${drop}`],
    ['Sqitch', `-- Revert flipr:app/schema from sqlite\n${drop}`],
    ['dbmate, far from its dashes', `${up}\n--${' '.repeat(300)}migrate:down\n${drop}`],
    ['dbmate, in a line of its own within a block', `${up}\n/*\nmigrate:down\n*/\n${drop}`],
    ['goose, in a line of its own within a block', `${up}\n/*\r\n  +goose Down\r\n*/\n${drop}`],
    ['a rule of dashes', `${up}\n${'-'.repeat(400)} DOWN ${'-'.repeat(400)}\n${drop}`],
    ['a tool that is not known', `${up}\n-- +newtool Down\n${drop}`],
    ['another that is not known', `${up}\n-- newtool:down\n${drop}`],
    ['camel case', `-- migrateUp\n${up}\n-- migrateDown\n${drop}`],
    ['Atlas', `-- atlas:txmode none\n${up}`],
    ['Atlas, an archive', `-- checks.sql --\nSELECT 1;\n-- migration.sql --\n${up}`],
    ['tern, without a transaction', `---- tern: disable-tx ----\n${up}`],
    ['sqlx, without a transaction', `-- no-transaction\n${up}`],
    ['graphile-migrate', `--! Previous: sha1:ab\n--! Hash: sha1:cd\n${up}`],
    ['graphile-migrate, another file', `--!include other.sql\n${up}`],
    ['yoyo', `-- depends: 0000-first\n${up}`],
    ['MyBatis, another delimiter', `-- @DELIMITER |\n${up}`],
    ['django', `-- forward\n${up}\n-- reverse\n${drop}`],
    ['a sentence', `${up}\n-- This is the down migration\n${drop}`],
    ['another sentence', `${up}\n-- To undo:\n${drop}`],
    ['two words', `${up}\n-- Roll back\n${drop}`],
    ['a step', `${up}\n-- direction: down\n${drop}`],
    ['a sentence that points at what comes', `${up}\n-- Rollback is below:\n${drop}`],
    ['a sentence that only looks like a denial', `${up}\n-- Rollback is not possible otherwise than by this:\n${drop}`],
    ['two words that may be a heading', `${up}\n-- Down payments\n${drop}`],
    ['a word and another direction', `x -- migrationUp:down/the\n${drop}`],
    ['a block of its own before a statement', `/* Up */ ${up}`],
    ['nobody’s in particular', `${up}\n-- [Rollback]\n${drop}`],
    ['nobody’s, within a block', `${up}\n/* DOWN */\n${drop}`],
  ])('is none of ours: %s', (_, sql) => {
    expect(faultOf(sql)).toMatch(/^0001-x\.sql has a mark of another tool in line \d+, ".+": here a file is run whole/)
  })

  it('is named with the mark as it stands there', () => {
    expect(faultOf(`${up}\n\n-- migrate:down\n${drop}`)).toContain('in line 3, "-- migrate:down":')
  })
})

describe('a migration that is not plain SQL', () => {
  it.each([
    ['BEGIN;', 'begins or ends a transaction, and all migrations are one: leave that out ("BEGIN"), in line 1.'],
    [
      `${up}\n/* x */ commit;`,
      'begins or ends a transaction, and all migrations are one: leave that out ("COMMIT"), in line 2.',
    ],
    ["ATTACH 'other.sqlite' AS other;", 'reaches for another database'],
    ['VACUUM;', 'cannot be done within a transaction'],
    ['PRAGMA foreign_keys = OFF;', 'sets how SQLite works'],
    ["SELECT load_extension('x');", 'loads an extension'],
    ['SELECT "load_extension"(\'x\');', 'loads an extension'],
    ['DELETE FROM "Foobot_Migrations";', 'names foobot_migrations, where I keep what was applied'],
    [`${up}\n.read other.sql\n`, 'has a command of a client ("."), in line 2.'],
    ['\\i other.sql\n', 'has a command of a client ("\\"), in line 1.'],
    [`${up}\n\\connect other\n`, 'has a command of a client'],
    [`CREATE TABLE a (id)\n\\g\n`, 'has a command of a client'],
    [`${up}\nGO\n${drop}`, 'has a statement that SQLite does not know (it begins with "GO"), in line 2.'],
    [`DELIMITER //\n${up}`, 'has a statement that SQLite does not know (it begins with "DELIMITER"), in line 1.'],
    ['EXPLAIN DROP TABLE customers;', 'has a statement that SQLite does not know'],
    [`/*!40101 SET NAMES utf8 */;\n${up}`, 'has a comment that MySQL runs and SQLite does not'],
    [`${up}\n/* to come\n${drop}`, 'begins a comment that does not end, in line 2.'],
    ["INSERT INTO customers VALUES ('it''s);", 'begins a text that does not end, in line 1.'],
    [`-- all of this\r${up}\r`, 'has a line break that SQLite takes for none'],
    [`${up}\0${drop}`, 'has a sign that nobody sees (U+0000) in line 1: take it out.'],
    [`${up}\n/*\u202e ${drop} */`, 'has a sign that nobody sees (U+202E) in line 2: take it out.'],
    ['-- to be written\n;', 'has no statement: nothing of it would be run.'],
    ['', 'has no statement'],
  ])('is named with what was found: %j', (sql, why) => {
    expect(faultOf(sql)).toContain(why)
  })
})

describe('a plain migration', () => {
  it.each([
    [
      'with words that are no marks',
      `-- Downgrade nobody. Scale up later; up to 20 lines, rolled back by hand.\n${up}`,
    ],
    [
      'with marks’ words in texts',
      "INSERT INTO words VALUES ('migrate:down'), ('# down'), ('Up'), ('https://down.example/!Ups');",
    ],
    [
      'with what a comment may well say',
      `-- 0001-x.sql: how often a service went down.\n/* Adds vip.\n   Prices go up: see the scale-down plan. */\n${up}`,
    ],
    ['that cannot be undone, and says so', `-- Rollback is not possible.\n/* Undo was not required */\n${up}`],
    ['about money', `-- Down payments are kept in cents.\n${up}`],
    ['with CRLF', `-- Adds vip\r\n${up}\r\n`],
    ['with quoted names', "CREATE TABLE \"a;b\" ([begin;] TEXT, `commit;` TEXT, 'x;''y' TEXT);"],
    [
      'with a trigger',
      `CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN b > 1 THEN 1 ELSE 0 END; DELETE FROM c;\nEND;\n${up}`,
    ],
    [
      'in other case',
      'create table a (id); insert into a values (1); with b as (select 1) insert into a select * from b',
    ],
    ['with statements of nothing', `;;${up};;`],
  ])('%s is taken', (_, sql) => {
    expect(faultOf(sql)).toBeUndefined()
  })

  it('is read in time that grows with its length', () => {
    const most = 256 * 1024
    for (const sign of [
      '-- ',
      '-',
      '/*',
      '#',
      "'",
      "''",
      '/**/',
      'a',
      '(',
      ';',
      '\n',
      '*/',
      '"`[',
      '.:_',
      '/*\n',
      '--a',
      '/*a',
      '@a:',
      '--a\n',
      '/*a*/',
      '/*\n*up x\n*/',
      '-- up x\n',
      '--up a',
      '--to a',
      '-- verify a. b. c. d. e. f ',
      '--section ._-:',
      '@down.',
    ])
      expect(faultOf(sign.repeat(most / sign.length))).not.toBe('')
  })
})
