import { type Block, type Inspected, type Program, plugin, z } from 'foobot'
import { WorkingCopy, workingCopyAt } from './client.ts'

/** The working copies of a company: each belongs to a room. */
class WorkingCopies {
  readonly mailDomain: string
  readonly #paths: ReadonlyMap<string, string>

  constructor(paths: Readonly<Record<string, string>>, mailDomain: string) {
    this.#paths = new Map(Object.entries(paths).map(([name, path]) => [name, workingCopyAt(path)]))
    this.mailDomain = mailDomain
  }

  find(name: string, program: Program): WorkingCopy {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`The room ${name} has no working copy: say it in one that has.`)
    return new WorkingCopy(path, program)
  }
}

type Look = { readonly system: WorkingCopies; readonly room?: string; readonly program: Program }
type Act = { readonly system: WorkingCopies; readonly resource: Omit<Inspected, 'say'>; readonly program: Program }

/** A room's working copy is what is acted on, so that it stands in what people see and sign. */
const inspect = async ({ system, room, program }: Look): Promise<Inspected> => {
  if (room === undefined) throw new Error('A working copy belongs to a room: say it in one that has a working copy.')
  return { type: 'WorkingCopy', id: room, facts: await system.find(room, program).place() }
}

/** The working copy that was inspected, where it still stands on the branch and remote that were seen. */
const seen = async ({ system, resource, program }: Act): Promise<WorkingCopy> => {
  const copy = system.find(resource.id, program)
  const { branch, remote } = await copy.place()
  if (branch !== resource.facts.branch || remote !== resource.facts.remote) {
    throw new Error(`${resource.id} is on another branch or remote than when you asked: say it again.`)
  }
  return copy
}

const code = (text: string): Block => ({ type: 'code', text })

export default plugin('git', {
  summary: 'The working copy of a room',
  config: {
    /** Room to the folder of its working copy. */
    workingCopies: z.record(z.string().min(1), z.string().min(1)),
    /** What follows the @ in the addresses of authors: jhand commits as jhand@<mailDomain>. */
    mailDomain: z.string().regex(/^[A-Za-z0-9.-]+$/),
  },
  connect: ({ workingCopies, mailDomain }) => new WorkingCopies(workingCopies, mailDomain),
  commands: (command) => [
    command('commit -am <message...>', {
      summary: 'Commit all changes of tracked files',
      tier: 'member',
      example: 'commit -am "bug (5563) fixed"',
      exclusive: true,
      inspect,
      async run(call) {
        const { args, requester, system } = call
        if (!requester) throw new Error('A commit needs an author: nobody stands behind your account.')
        const copy = await seen(call)
        const author = { name: requester.name, email: `${requester.id}@${system.mailDomain}` }
        return code(await copy.commit(args.message, `Foobot-Request: ${call.code}`, author))
      },
    }),
    command('push', {
      summary: 'Push the commits of this branch',
      tier: 'member',
      exclusive: true,
      timeLimit: 600,
      inspect,
      async run(call) {
        const copy = await seen(call)
        return code(await copy.push(call.progress))
      },
    }),
    command('git status', {
      summary: 'Show what has changed',
      tier: 'member',
      inspect,
      run: async (call) => code(await (await seen(call)).status()),
    }),
    command('git log', {
      summary: 'Show the last ten commits',
      tier: 'member',
      inspect,
      run: async (call) => code(await (await seen(call)).log()),
    }),
    command('git diff', {
      summary: 'Show the changes that are not committed',
      tier: 'member',
      inspect,
      async run(call) {
        const changes = await (await seen(call)).diff()
        return changes === '' ? 'Nothing has changed.' : code(changes)
      },
    }),
  ],
})
