import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { makeExample } from '../../src/processes/example.ts'
import { project } from './company.ts'

/** The example company with the canary's commands, which everybody may say, on the runner of the repositories. */
export const makeMarkedCompany = async (data: string): Promise<{ readonly marks: string }> => {
  await makeExample(data)
  const marks = join(data, 'marks')
  mkdirSync(marks)
  const file = join(data, 'runners', 'delivery', 'runner.yaml')
  const config = parseDocument(readFileSync(file, 'utf8'))
  config.addIn(
    ['plugins'],
    config.createNode({ path: join(project, 'test/journeys/plugins/mark'), config: { folder: marks } }),
  )
  writeFileSync(file, config.toString())
  appendFileSync(
    join(data, 'company', 'policy', 'delivery.cedar'),
    ['mark', 'hold', 'linger']
      .map((command) => `permit (principal, action == Action::"${command}", resource);\n`)
      .join(''),
  )
  return { marks }
}
