import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseDocument } from 'yaml'
import { administratorOf } from '../../../src/processes/example.ts'
import type { Company } from '../company.ts'

/**
 * Changes a file of a running company's folder, and has the administrator sign and activate it. To a policy a line is
 * added; in a YAML file what is given takes the place of what stood under the same name.
 */
export const changeRules = async (company: Company, file: string, text: string): Promise<void> => {
  const path = join(company.data, 'company', file)
  if (file.endsWith('.cedar')) appendFileSync(path, `${text}\n`)
  else writeFileSync(path, merged(existsSync(path) ? readFileSync(path, 'utf8') : '', text))
  const { keyFile } = administratorOf(company.data)
  await bundle(company, 'propose')
  await bundle(company, 'sign', '--yes', '--key', keyFile)
  await bundle(company, 'activate')
}

const merged = (before: string, text: string): string => {
  const document = parseDocument(before)
  for (const [key, value] of Object.entries(parse(text) as Record<string, unknown>)) {
    document.set(key, document.createNode(value))
  }
  return document.toString()
}

const bundle = async (company: Company, ...args: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await company.foobot('bundle', ...args, '--data', company.data)
  if (code !== 0) throw new Error(`foobot bundle ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
}
