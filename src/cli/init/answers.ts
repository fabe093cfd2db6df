import { homedir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { readKeyFile } from '#client/key-file.ts'
import { deployment, groupName, line, personId, sshKey } from '#config/fields.ts'
import { FoobotError } from '#core/errors.ts'
import type { Key } from '#core/signature/key.ts'
import type { Questions } from '../question.ts'

/** What must be known of a company before it has a folder. */
export type Answers = {
  readonly deployment: string
  readonly name: string
  readonly groups: readonly string[]
  readonly administrator: { readonly id: string; readonly name: string; readonly key: Key }
}

/** Asks until each answer can be used, saying each time what to write. */
export const askForCompany = async (
  { ask }: Pick<Questions, 'ask'>,
  print: (text: string) => void,
): Promise<Answers> => {
  const untilRight = async <T>(question: string, read: (answer: string) => T): Promise<T> => {
    for (;;) {
      const answer = await ask(question)
      try {
        return read(answer)
      } catch (error) {
        if (!(error instanceof FoobotError)) throw error
        print(error.say)
      }
    }
  }
  const name = await untilRight('What is the company called?', by(line('the company’s name')))
  const short = idOf(name)
  const offered = short === '' ? '' : ` [${short}]`
  return {
    name,
    deployment: await untilRight(`A short id for it, part of everything signed:${offered}`, (answer) =>
      by(deployment)(answer || short),
    ),
    groups: await untilRight('Its groups, with commas between, as Devs, Ops:', groupsIn),
    administrator: {
      name: await untilRight('The first administrator’s name:', by(line('a person’s name'))),
      id: await untilRight('And id, in small letters, as jhand:', by(personId)),
      key: await untilRight(
        'The SSH public key that they will sign bundles with, and nothing else (the key, or its file):',
        keyIn,
      ),
    },
  }
}

const idOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)

const by =
  <S extends z.ZodType>(schema: S) =>
  (answer: string): z.output<S> => {
    const read = schema.safeParse(answer)
    if (read.success) return read.data
    const say = sentence(read.error.issues[0]?.message ?? 'write something else')
    throw new FoobotError('config-malformed', say, say)
  }

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const groupsIn = (answer: string): readonly string[] => {
  const names = answer.split(',').map((name) => by(groupName)(name.trim()))
  const same = names.find((name, index) => names.findIndex((other) => alike(name, other)) !== index)
  if (same === undefined) return names
  throw new FoobotError('config-malformed', `group ${same} twice`, `${same} stands twice: write each group once.`)
}

const alike = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const keyIn = (answer: string): Key => {
  const [type = '', base64] = answer.split(/\s+/)
  if (base64 !== undefined && /^[a-z]+-/.test(type)) return by(sshKey)(`${type} ${base64}`)
  return by(sshKey)(readKeyFile(answer.startsWith('~/') ? join(homedir(), answer.slice(2)) : answer).key)
}
