import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { plugin, z } from 'foobot'

/**
 * A canary: leaves a file for each execution, made so that a second execution of the same words cannot hide: its file
 * is there already, and a file of another name tells it.
 */
export default plugin('mark', {
  summary: 'Leaves marks',
  config: { folder: z.string() },
  connect: ({ folder }) => folder,
  commands: (command) => [
    command('mark <name:word>', {
      summary: 'Leave a mark',
      tier: 'member',
      run: async ({ args, system }) => {
        await leave(join(system, args.name))
        await after(20)
        return `marked ${args.name}`
      },
    }),
    command('linger <name:word>', {
      summary: 'Leave a mark, and end once it is taken away',
      tier: 'member',
      timeLimit: 300,
      run: async ({ args, system, say, signal }) => {
        const file = join(system, args.name)
        await leave(file)
        say(`lingering ${args.name}`)
        while (existsSync(file)) await after(50, undefined, { signal })
        return `lingered ${args.name}`
      },
    }),
    command('hold <name:word>', {
      summary: 'Hold until told otherwise',
      tier: 'member',
      cancellable: true,
      exclusive: true,
      timeLimit: 60,
      run: async ({ args, system, say, signal }) => {
        await leave(join(system, args.name))
        say(`holding ${args.name}`)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('let go'))))
      },
    }),
  ],
})

const leave = async (file: string): Promise<void> => {
  const handle = await open(file, 'wx').catch(() => open(`${file}.twice`, 'w'))
  await handle.close()
}
