import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './route.ts'

/**
 * What can go wrong with one answer: a status of the vendor's, a line that is cut before anything is done (`cut`) or after it
 * (`lost`), no answer at all (`hang`). `pass` lets a request be.
 */
export type Fault = number | 'cut' | 'lost' | 'hang' | 'pass'

/** Where a test orders faults. No vendor has such an address. */
const address = '/-/faults'
const most = 100

/**
 * Makes a stand-in fail as vendors do. `PUT /-/faults` with a list of faults, as `[429, "cut", "hang", 500]`: each of the
 * next requests takes one of them, in order; an empty list takes back what is left.
 * @param failed the vendor's own answer with a status, at an address
 */
export class Faults {
  readonly #failed: (status: number, path: string) => Answer
  #waiting: Fault[] = []

  constructor(failed: (status: number, path: string) => Answer) {
    this.#failed = failed
  }

  /** True where the request is the order of a test. */
  ordered({ method, url }: IncomingMessage, body: unknown, response: ServerResponse): boolean {
    if (url !== address) return false
    const taken = method === 'PUT' && Array.isArray(body) && body.length <= most && body.every(isFault)
    if (taken) this.#waiting = [...body]
    response.writeHead(taken ? 204 : 400).end()
    return true
  }

  /**
   * What befalls this request: the answer to give in place of its own; `none` where there will be no answer, `lost` where its own is
   * made and does not arrive.
   */
  befall(response: ServerResponse, path: string): Answer | 'none' | 'lost' | undefined {
    const fault = this.#waiting.shift()
    if (fault === undefined || fault === 'pass') return undefined
    if (typeof fault === 'number') return this.#failed(fault, path)
    if (fault === 'lost') return fault
    if (fault === 'cut') response.destroy()
    return 'none'
  }
}

const isFault = (value: unknown): value is Fault =>
  ['cut', 'lost', 'hang', 'pass'].includes(String(value)) ||
  (Number.isInteger(value) && Number(value) >= 400 && Number(value) < 600)
