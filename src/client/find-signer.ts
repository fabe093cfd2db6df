import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { readKeyFile } from './key-file.ts'
import type { Signer } from './signer.ts'
import { agentSigners } from './ssh-agent.ts'

/** Where to look for a person's key. */
export type Search = {
  readonly person: string
  /** `--key FILE`: then nothing else counts. A file that is encrypted, or ends in `.pub`, names a key of the agent. */
  readonly keyFile?: string
  /** `SSH_AUTH_SOCK`. */
  readonly agent?: string
  /** The data folder: the example's keys lie in `<data>/keys/PERSON`. */
  readonly data: string
}

/**
 * What may sign for a person, to be tried in this order: only the server knows which keys are theirs, and an agent often
 * holds several.
 * @throws FoobotError `no-key` where there is none, `key-file`, `agent-failed`
 */
export const findSigners = async (search: Search): Promise<readonly [Signer, ...Signer[]]> => {
  if (search.keyFile !== undefined) return [await signerOfFile(search.keyFile, search.agent)]
  const { signers, problem } = await askAgent(search.agent)
  const example = join(search.data, 'keys', search.person)
  const [first, ...more] = existsSync(example) ? [...signers, await signerOfFile(example, search.agent)] : signers
  if (first) return [first, ...more]
  throw problem ?? new FoobotError('no-key', `no key in an agent, and no ${example}`)
}

/** Terminals often carry the address of an agent that is gone: that matters only where there is no other key. */
const askAgent = async (socket: string | undefined): Promise<{ signers: readonly Signer[]; problem?: FoobotError }> => {
  if (socket === undefined) return { signers: [] }
  try {
    return { signers: await agentSigners(socket) }
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'agent-failed') return { signers: [], problem: error }
    throw error
  }
}

const signerOfFile = async (file: string, agent: string | undefined): Promise<Signer> => {
  const { key, signer } = readKeyFile(file)
  if (signer) return signer
  const ofAgent = agent === undefined ? [] : await agentSigners(agent)
  const found = ofAgent.find((candidate) => candidate.key === key)
  if (found) return found
  const why = `its private half cannot be read here; give it to the agent, and try again: ssh-add ${file.replace(/\.pub$/, '')}`
  throw new FoobotError('key-file', `${file}: ${why}`, `The key file ${file} cannot be used: ${why}`)
}
