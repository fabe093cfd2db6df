import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { guarded } from './failure.ts'
import { askForCompany } from './init/answers.ts'
import { demandEmpty, firstRunner, found } from './init/found.ts'
import { openQuestions } from './question.ts'
import { print, tell } from './tell.ts'
import { line } from './terminal/clean.ts'
import { dataOption } from './where.ts'

/** `foobot init`: a company's folder, from a few answers. */
export const addInit = (program: Command): void => {
  program
    .command('init')
    .summary('write the folder of a new company')
    .description('Asks for a company’s name, groups and first administrator key, and writes its folder.')
    .argument('<dir>', 'where to write it: an empty or new folder')
    .addOption(dataOption('where server and first runner get configuration and keys'))
    .addHelpText('after', '\nExamples:\n  foobot init ~/company\n  foobot init ~/company --data /var/lib/foobot')
    .action(
      guarded(async (folder: string, { data }: { readonly data: string }) => {
        const places = { folder: resolve(folder), data: resolve(data) }
        demandEmpty(places)
        const questions = openQuestions(process.stdin, process.stdout)
        try {
          const answers = await askForCompany(questions, tell)
          const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
          found(answers, { ...places, zone: timeZone })
          print(...nextSteps(folder, data))
        } finally {
          questions.close()
        }
        return undefined
      }),
    )
}

const nextSteps = (folder: string, data: string): readonly string[] => {
  const places = `--config ${folder} --data ${data}`
  const runner = join(data, 'runners', firstRunner, 'runner.yaml')
  return [
    '',
    line`Wrote ${folder} and ${data}. Next:`,
    line`1. Write your people into ${join(folder, 'people')}, each with the SSH key they sign in with, and into groups.yaml.`,
    line`2. Name your plugins in ${runner}, and say in ${join(folder, 'policy')} who may run what.`,
    '3. Put it in force, now and after each change, with the administrator’s key:',
    line`     foobot apply ${places} --key FILE`,
    '4. Start, each in a terminal of its own:',
    line`     foobot start --data ${data}`,
    line`     foobot runner --config ${runner}`,
  ]
}
