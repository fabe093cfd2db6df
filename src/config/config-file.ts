import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { refuseIfAny } from './complaint.ts'
import { readYaml } from './yaml-file.ts'

/**
 * Reads a process's own configuration file. Nothing is guessed: what is missing or wrong refuses.
 * @throws FoobotError `config-malformed` with every complaint, each naming file, line and what to write
 */
export const readConfigFile = <S extends z.ZodType>(file: string, schema: S): z.output<S> => {
  const read = readYaml(file, bytesOf(file), schema)
  if (read.ok) return read.value
  refuseIfAny('config-malformed', read.complaints)
  throw new FoobotError('internal', `${file} is neither read nor wrong`)
}

const isMissing = 'is missing: say where it lies, or write one as docs/operating.md shows'

const bytesOf = (file: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const text = missing ? isMissing : `cannot be read: ${error instanceof Error ? error.message : String(error)}`
    throw new FoobotError('config-malformed', `${file}: ${text}`, `${file}: ${text}`)
  }
}
