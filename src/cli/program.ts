import { readFileSync } from 'node:fs'
import { type Argument, Command } from 'commander'
import { complain, print, printAside } from './tell.ts'

type Add = (program: Command) => void

/** Each subcommand's file is loaded when it is called, so that the others cost nothing; help shows them in these groups. */
const groups: Readonly<Record<string, Readonly<Record<string, () => Promise<Add>>>>> = {
  'Talking:': {
    chat: async () => (await import('./chat.ts')).addChat,
    say: async () => (await import('./say.ts')).addSay,
    requests: async () => (await import('./requests.ts')).addRequests,
    approve: async () => (await import('./approve.ts')).addApprove,
    sign: async () => (await import('./sign.ts')).addSign,
  },
  'What you say yes with:': {
    key: async () => (await import('./key.ts')).addKey,
    phone: async () => (await import('./phone.ts')).addPhone,
    totp: async () => (await import('./totp.ts')).addTotp,
  },
  'What the company says:': {
    init: async () => (await import('./init.ts')).addInit,
    apply: async () => (await import('./apply.ts')).addApply,
    bundle: async () => (await import('./bundle.ts')).addBundle,
    policy: async () => (await import('./policy.ts')).addPolicy,
  },
  'What happened:': {
    log: async () => (await import('./log.ts')).addLog,
    verify: async () => (await import('./verify.ts')).addVerify,
  },
  'Operating:': {
    start: async () => (await import('./start.ts')).addStart,
    runner: async () => (await import('./runner.ts')).addRunner,
    desk: async () => (await import('./desk.ts')).addDesk,
    doctor: async () => (await import('./doctor.ts')).addDoctor,
    backup: async () => (await import('./backup.ts')).addBackup,
  },
}

const help = `
Examples:
  foobot say --as jhand --room devs 'Foobot push'
  foobot chat --as jhand --room devs
  foobot help say

In a clone it is called as "npx --no foobot". The example company, to try it on,
is started by "npm start".`

/** The program with the one subcommand that is called, or with all. */
export const programFor = async (name: string | undefined): Promise<Command> => {
  const program = new Command('foobot')
    .description('A secure ChatOps server: a company’s tools in its chat rooms, without a god.')
    .version(versionHere(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .configureHelp({ subcommandTerm: termOf })
    .addHelpText('after', help)
    .exitOverride()
  const isOne = Object.values(groups).some((group) => name !== undefined && Object.hasOwn(group, name))
  for (const [heading, group] of Object.entries(groups)) {
    program.commandsGroup(heading)
    for (const [each, load] of Object.entries(group)) if (!isOne || each === name) (await load())(program)
  }
  program.commandsGroup('Help:')
  speak(program, program.name())
  return program
}

const versionHere = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

/** `approve <which>`: that each takes options goes without saying. */
const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map((argument) => shown(argument))].join(' ')

const shown = (argument: Argument): string => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)

/** Commander prints as all do; what it complains of is one line that says where to look. */
const speak = (command: Command, path: string): void => {
  command.configureOutput({
    writeOut: (text) => print(...text.replace(/\n$/, '').split('\n')),
    writeErr: (text) => printAside(...text.replace(/\n$/, '').split('\n')),
    outputError: (text) => complain(oneLine(text, path)),
  })
  for (const each of command.commands) speak(each, `${path} ${each.name()}`)
}

const oneLine = (text: string, path: string): string => {
  const said = text.replace(/^error: /, '').trim()
  return `${said.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '')}. Look at "${path} --help".`
}
