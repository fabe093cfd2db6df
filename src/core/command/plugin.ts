import type { z } from 'zod'
import type { Sayable } from '#core/reply/reply.ts'
import type { Facts } from '#core/statement/statement.ts'
import type { Arguments } from './arguments.ts'
import type { ManifestEntry } from './manifest.ts'
import type { PersonPicture } from './picture.ts'
import type { DeclaredWebhook } from './webhook.ts'

/** A plugin as its runner loads it: made by `plugin(…)`, never by hand. Types of arguments are gone here. */
export type Plugin = {
  readonly name: string
  readonly summary: string
  /** Checks the plugin's part of the runner's configuration file. */
  readonly config: z.ZodType
  /** Makes the system's client; called once, when the runner starts. */
  readonly connect: (config: never) => unknown
  readonly commands: readonly DeclaredCommand[]
  readonly webhooks: readonly DeclaredWebhook[]
}

export type DeclaredCommand = {
  readonly manifest: ManifestEntry
  readonly inspect?: (call: InspectCall) => Promise<Inspected> | Inspected
  readonly run: (call: RunCall) => Promise<Sayable | undefined> | Sayable | undefined
}

export type Requester = { readonly id: string; readonly name: string }

/** A person as a handler sees them: what the bundle in force says, and nothing that proves anything. */
export type KnownPerson = Requester & { readonly picture?: PersonPicture }

export type InspectCall = {
  readonly args: Arguments
  readonly system: unknown
  readonly requester?: Requester
  /** Where the command was said: what depends on it must go into the resource. */
  readonly room?: string
  /** Runs a program that reads and changes nothing. */
  readonly program: Program
  readonly signal: AbortSignal
}

/** What a command would act on. `say` is the sentence before what is owed. */
export type Inspected = {
  readonly type: string
  readonly id: string
  readonly owner?: string
  readonly facts: Facts
  readonly say?: string
}

export type RunCall = {
  readonly args: Arguments
  readonly system: unknown
  readonly requester?: Requester
  /** What was inspected, and stands in the statement. */
  readonly resource: Omit<Inspected, 'say'>
  /** Where it was said; absent from `sensitive` up. */
  readonly room?: string
  /** Somebody of the company, by id: what the bundle says of them that is in force when the run begins. */
  readonly person: (id: string) => KnownPerson | undefined
  /** The request's code, for trailers and links. */
  readonly code: string
  /** Says something now, before the handler ends. */
  readonly say: (said: Sayable) => void
  /** Where it stands; each call takes the place of the one before. `part` is 0 to 1. */
  readonly progress: (text: string, part?: number) => void
  /** Runs a program without a shell; see `program` in the runner. */
  readonly program: Program
  /** Aborts at the time limit, at cancel and when the runner stops. */
  readonly signal: AbortSignal
}

/**
 * Runs one program with exactly these arguments: no shell, an environment of an allow-list, output capped and rid of the
 * runner's secrets. Resolves with whatever exit code; rejects where it could not start, or ran out of time.
 */
export type Program = (file: string, args: readonly string[], options?: ProgramOptions) => Promise<ProgramResult>

export type ProgramOptions = {
  readonly cwd?: string
  /** Added to the allow-list's. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Seconds; at most the command's own time limit. */
  readonly timeLimit?: number
  /** Hears standard error as it comes, decoded. */
  readonly onStderr?: (text: string) => void
  readonly onStdout?: (text: string) => void
}

export type ProgramResult = { readonly code: number; readonly stdout: string; readonly stderr: string }
