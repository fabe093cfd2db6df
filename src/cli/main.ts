import { Command, CommanderError } from 'commander'
import { exits, explain } from './failure.ts'

type Add = (program: Command) => void

/** Each subcommand's file is loaded when it is called, so that the others cost nothing. */
const subcommands: Readonly<Record<string, () => Promise<Add>>> = {
  start: async () => (await import('./start.ts')).addStart,
  runner: async () => (await import('./runner.ts')).addRunner,
  desk: async () => (await import('./desk.ts')).addDesk,
  chat: async () => (await import('./chat.ts')).addChat,
  say: async () => (await import('./say.ts')).addSay,
  requests: async () => (await import('./requests.ts')).addRequests,
  approve: async () => (await import('./approve.ts')).addApprove,
  sign: async () => (await import('./sign.ts')).addSign,
  key: async () => (await import('./key.ts')).addKey,
  phone: async () => (await import('./phone.ts')).addPhone,
  totp: async () => (await import('./totp.ts')).addTotp,
  policy: async () => (await import('./policy.ts')).addPolicy,
  bundle: async () => (await import('./bundle.ts')).addBundle,
  log: async () => (await import('./log.ts')).addLog,
  verify: async () => (await import('./verify.ts')).addVerify,
  backup: async () => (await import('./backup.ts')).addBackup,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  init: async () => (await import('./init.ts')).addInit,
}

const programFor = async (name: string | undefined): Promise<Command> => {
  const program = new Command('foobot')
    .description('A secure ChatOps server: a company’s tools in its chat rooms, without a god.')
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride()
  const wanted = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  const loads = wanted ? [wanted] : Object.values(subcommands)
  for (const load of loads) (await load())(program)
  return program
}

/** What commander says over several lines, as one. */
const oneLine = (text: string): string =>
  `foobot: ${text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')}\n`

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
    console.error(`foobot: ${line.replaceAll('\n', ' ')}`)
    process.exitCode = exit
  }
}
