import { keyAddKind } from '#core/bundle/key-change.ts'
import { attestedConsentKind, consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { eventKind, type LogEvent } from '#core/log/event.ts'
import { keyName } from '#core/signature/key-name.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { display } from '#core/statement/display.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { codeOf, type Statement, statementKind } from '#core/statement/statement.ts'
import { type Receipts, receiptsKind } from '#core/warrant/receipts.ts'
import { type Warrant, warrantKind } from '#core/warrant/warrant.ts'
import type { LeafEntry } from './log-folder.ts'
import { cleanValue, line } from './terminal/clean.ts'

/** A leaf of the log, read. */
export type Told = { readonly index: number } & (
  | { readonly kind: 'event'; readonly value: LogEvent; readonly stated?: Stated }
  | { readonly kind: 'warrant'; readonly value: Warrant; readonly stated: Stated }
  | { readonly kind: 'receipts'; readonly value: Receipts }
)

type Stated = { readonly statement: Statement; readonly digest: string }

/** @throws FoobotError `log-damaged` where a leaf is not what its kind says */
export const tell = ({ index, kind, body }: LeafEntry): Told => {
  try {
    if (kind === 'warrant') {
      const value = warrantKind.decode(body)
      return { index, kind, value, stated: readStatement(value.statement) }
    }
    if (kind === 'receipts') return { index, kind, value: receiptsKind.decode(body) }
    if (kind === 'event') {
      const value = eventKind.decode(body)
      return { index, kind, value, ...(value.statement !== undefined && { stated: readStatement(value.statement) }) }
    }
  } catch (error) {
    return unreadable(index, error instanceof Error ? error.message : String(error))
  }
  return unreadable(index, `a ${kind} is no leaf`)
}

/** One line for one leaf. */
export const lineOf = (told: Told): string => `${String(told.index).padStart(6)}  ${summaryOf(told)}`

const summaryOf = (told: Told): string => {
  switch (told.kind) {
    case 'event': {
      const { at, what, person, runner, command, keyChange, why } = told.value
      const key = keyChange === undefined ? undefined : keyName(keyAddKind.decode(fromBase64(keyChange)).key)
      return inColumns(when(at), what, told.stated && codeOf(told.stated.digest), person, key, runner, command, why)
    }
    case 'warrant': {
      const { statement, digest } = told.stated
      return inColumns(
        when(told.value.iat),
        'warrant',
        codeOf(digest),
        statement.requester ?? '-',
        printable(statement.text),
      )
    }
    case 'receipts': {
      const ends = told.value.receipts.map(({ statement, outcome }) => `${codeOf(statement)} ${outcome}`)
      const last = Math.max(...told.value.receipts.map(({ end }) => end))
      return inColumns(when(last), 'receipts', told.value.runner, ends.join(', '))
    }
  }
}

/** Follows one request through the log. */
export class RequestStory {
  readonly #wanted: string
  readonly #requests = new Set<string>()

  /** @param wanted a code, or as much of a digest as tells it apart */
  constructor(wanted: string) {
    this.#wanted = wanted.replaceAll('-', '').toLowerCase()
  }

  /** What a leaf says of the request, line by line; undefined where it is of others. */
  linesOf(told: Told): readonly string[] | undefined {
    switch (told.kind) {
      case 'event':
        return this.#concerns(told.value, told.stated) ? eventLines(told.index, told.value, told.stated) : undefined
      case 'warrant':
        if (!this.#isWanted(told.stated.digest)) return undefined
        this.#requests.add(told.stated.statement.id)
        return [
          `Leaf ${told.index}: warrant, ${when(told.value.iat)}`,
          ...statementLines(told.stated),
          ...told.value.consents.map(consentLine),
        ]
      case 'receipts': {
        const mine = told.value.receipts.filter(({ statement }) => this.#isWanted(statement))
        return mine.length === 0 ? undefined : mine.flatMap((receipt) => receiptLines(told.index, told.value, receipt))
      }
    }
  }

  #concerns(event: LogEvent, stated: Stated | undefined): boolean {
    const named = this.#isWanted(event.digest) || this.#isWanted(stated?.digest)
    if (named && event.request !== undefined) this.#requests.add(event.request)
    return named || (event.request !== undefined && this.#requests.has(event.request))
  }

  #isWanted(digest: string | undefined): boolean {
    return digest?.startsWith(this.#wanted) === true
  }
}

const eventLines = (index: number, event: LogEvent, stated: Stated | undefined): string[] => {
  const { what, at, person, runner, why } = event
  const about = [person && `by ${nameOf(person)}`, runner && `runner ${nameOf(runner)}`].filter(Boolean)
  return [
    `Leaf ${index}: ${[what, when(at), ...about].join(', ')}`,
    ...(why ? [line`  why: ${why}`] : []),
    ...(stated ? statementLines(stated) : []),
  ]
}

const statementLines = ({ statement, digest }: Stated): string[] => [
  `  code ${codeOf(digest)}, digest ${digest}`,
  ...display(statement)
    .trimEnd()
    .split('\n')
    .map((shown) => `  ${shown}`),
]

const consentLine = (consent: Envelope): string => {
  const kind = consent.payloadType === attestedConsentKind.type ? attestedConsentKind : consentKind
  const { value } = readEnvelope(kind, consent)
  const how = 'method' in value ? `attested by ${value.method}` : 'signed'
  const group = value.group === undefined ? '' : ` for ${nameOf(value.group)}`
  return `  consent: ${nameOf(value.person)} as ${value.as}${group}, ${how}, ${when(value.iat)}`
}

const receiptLines = (index: number, { runner }: Receipts, receipt: Receipts['receipts'][number]): string[] => [
  `Leaf ${index}: ${receipt.outcome}, by runner ${nameOf(runner)}, ${when(receipt.start)} to ${when(receipt.end)}`,
  ...(receipt.refusal ? [`  refused at step ${receipt.refusal.step}: ${printable(receipt.refusal.say)}`] : []),
  `  output: ${receipt.outputBytes} bytes, SHA-256 ${receipt.outputSha256}`,
]

/** The columns of a line, without those that there are none of. */
const inColumns = (...columns: readonly (string | undefined)[]): string =>
  columns
    .filter((column) => column !== undefined && column !== '')
    .map((column) => cleanValue(column ?? ''))
    .join('  ')

/** A name inside a sentence: one that could be taken for more of the sentence stands in quotes. */
const nameOf = (name: string): string =>
  cleanValue(/^[\p{L}\p{N}_.@-]+(?: [\p{L}\p{N}_.@-]+)*$/u.test(name) ? name : JSON.stringify(name))

const readStatement = (base64: string): Stated => {
  const body = fromBase64(base64)
  return { statement: statementKind.decode(body), digest: statementKind.digest(body) }
}

const when = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

/** Text of others, so that nothing in it reaches the terminal as a command. */
const printable = (text: string): string =>
  text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const unreadable = (index: number, why: string): never => {
  const detail = `leaf ${index} cannot be read: ${why}`
  throw new FoobotError(
    'log-damaged',
    detail,
    `The log is damaged: ${detail}. Use the version of Foobot that wrote it.`,
  )
}
