import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseDocument } from 'yaml'

/** Gives each plugin that speaks to a stand-in these settings, in a company that has not started yet. */
export const writeSettings = (data: string, text: string): void => {
  const settings = Object.entries(parse(text) as Record<string, unknown>)
  for (const runner of readdirSync(join(data, 'runners'))) {
    const file = join(data, 'runners', runner, 'runner.yaml')
    const document = parseDocument(readFileSync(file, 'utf8'))
    const { plugins } = document.toJS() as { readonly plugins: readonly { readonly config?: unknown }[] }
    for (const [index, { config }] of plugins.entries()) {
      if (!JSON.stringify(config ?? {}).includes('"http://127.0.0.1:')) continue
      for (const [name, value] of settings) document.setIn(['plugins', index, 'config', name], value)
    }
    writeFileSync(file, document.toString(), { mode: 0o600 })
  }
}
