import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parse, parseDocument } from 'yaml'
import { entriesOf, openLog, ownerOf } from '#cli/log-folder.ts'
import { tell } from '#cli/log-story.ts'
import { bundleVersions } from '#config/bundle-folder.ts'
import { administratorOf } from '#processes/example.ts'
import type { Company } from '../company.ts'
import { whenReady } from './when-ready.ts'

/** Milliseconds that new rules may take to be in force. */
const patience = 20_000

/**
 * Changes a file in a company's folder. To a policy a line is added; in a YAML file what is given takes the place of what
 * stood under the same name.
 */
export const writeRules = (data: string, file: string, text: string): void => {
  const path = join(data, 'company', file)
  if (file.endsWith('.cedar')) appendFileSync(path, `${text}\n`)
  else writeFileSync(path, merged(existsSync(path) ? readFileSync(path, 'utf8') : '', text))
}

/**
 * Changes a file of a running company's folder, has the administrator sign and activate it, and resolves when server and
 * runners hold it.
 */
export const changeRules = async (company: Company, file: string, text: string): Promise<void> => {
  writeRules(company.data, file, text)
  const { keyFile } = administratorOf(company.data)
  await bundle(company, 'propose')
  await bundle(company, 'sign', '--yes', '--key', keyFile)
  await bundle(company, 'activate')
  const version = bundleVersions(company.data).at(-1)
  const until = Date.now() + patience
  while (!isInForce(company.data, `version ${version}`)) {
    if (Date.now() > until) throw new Error(`version ${version} of the bundle does not come into force`)
    await after(50)
  }
  await whenReady(company)
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

/** The log says when. */
const isInForce = (data: string, why: string): boolean =>
  existsSync(join(data, 'log', 'checkpoint')) &&
  [...entriesOf(openLog(data, ownerOf(data, undefined)))]
    .map((entry) => tell(entry))
    .some((told) => told.kind === 'event' && told.value.what === 'bundle' && told.value.why === why)
