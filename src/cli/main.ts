import { CommanderError } from 'commander'
import { exits, explain } from './failure.ts'
import { programFor } from './program.ts'
import { complain } from './tell.ts'

// Whoever reads only the first lines of what is printed has all that they want.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exits.done)
})

const [, , first] = process.argv
try {
  const program = await programFor(first)
  if (first === undefined) program.help()
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exits.done : exits.usage
  else {
    const { line, exit } = explain(error)
    complain(line)
    process.exitCode = exit
  }
}
