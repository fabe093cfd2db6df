import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plugin, z } from 'foobot'

/** Leaves a file for what it rang, on a runner beside that of `mark`. */
export default plugin('ring', {
  summary: 'Rings bells',
  config: { folder: z.string() },
  connect: ({ folder }) => folder,
  commands: (command) => [
    command('ring <name:word>', {
      summary: 'Ring a bell',
      tier: 'member',
      run: ({ args, system }) => {
        writeFileSync(join(system, args.name), '', { flag: 'wx' })
        return `rang ${args.name}`
      },
    }),
  ],
})
