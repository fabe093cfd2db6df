import { keptCode } from '#config/kept-code.ts'
import { type CodeHere, changedFiles } from '#core/bundle/code.ts'
import { visible } from '#core/bundle/difference.ts'
import type { PluginCodes } from '#core/bundle/plugin-codes.ts'

/**
 * Lines that say what new code of plugins consists of, as far as the reader has it: the files that differ from the code before, by name.
 * @param here the code in the reader's own checkout
 * @param data where the reader keeps what earlier code was made of
 */
export const codeReport = (
  before: PluginCodes | undefined,
  after: PluginCodes,
  here: readonly CodeHere[],
  data: string,
): readonly string[] => {
  const lines = [...after].flatMap(([plugin, codes]) => {
    const old = before?.get(plugin) ?? []
    return codes.filter((code) => !old.includes(code)).flatMap((code) => reportOf(plugin, code, old[0], here, data))
  })
  return lines.length > 0 ? ['code of plugins', ...lines] : []
}

const reportOf = (
  plugin: string,
  code: string,
  before: string | undefined,
  here: readonly CodeHere[],
  data: string,
): readonly string[] => {
  const found = here.find(({ digest }) => digest === code)
  if (!found)
    return [`  ${plugin}: not seen by you. No plugin that a runner's configuration here names is this code: ${code}`]
  const files = `${Object.keys(found.contents.files).length} files, entered by ${visible(found.entry)}`
  if (before === undefined) return [`  ${plugin}: new, as in your checkout: ${files}`]
  const old = keptCode(data, before)
  if (!old)
    return [`  ${plugin}: as in your checkout: ${files}. You have not seen the code before, so no file can be compared`]
  return [
    `  ${plugin}: as in your checkout: ${files}. These differ from the code before:`,
    ...changedFiles(old, found.contents).map((line) => `      ${visible(line)}`),
  ]
}
