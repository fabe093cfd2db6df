import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CodeContents, type CodeHere, codeContents, codeDigest } from '#core/bundle/code.ts'
import { canonicalText } from '#core/statement/canonical.ts'

const fileOf = (data: string, digest: string): string => join(data, 'code', `${digest}.json`)

/** Keeps which files some code was made of, so that what a later one changes can be said by name. */
export const keepCode = (data: string, codes: readonly CodeHere[]): void => {
  for (const { digest, contents } of codes) {
    if (existsSync(fileOf(data, digest))) continue
    mkdirSync(join(data, 'code'), { recursive: true })
    writeFileSync(fileOf(data, digest), canonicalText(contents))
  }
}

/** Which files some code was made of; undefined where nobody on this machine has seen it, or the file is not what was kept. */
export const keptCode = (data: string, digest: string): CodeContents | undefined => {
  if (!existsSync(fileOf(data, digest))) return undefined
  const read = codeContents.safeParse(jsonOf(readFileSync(fileOf(data, digest), 'utf8')))
  return read.success && codeDigest(read.data) === digest ? read.data : undefined
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
