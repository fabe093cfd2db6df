/** A request as a stand-in's handlers see it. */
export type Asked = {
  readonly method: string
  /** Without trailing slash, as `/accounts/code-AcmeOps`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** What the body says as JSON; `undefined` where there is none, or it is no JSON. */
  readonly body: unknown
  /** The body as it came, for forms and files. */
  readonly raw: Uint8Array
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; without it, and without `raw`, the answer is empty. */
  readonly body?: unknown
  /** Sent as it is, in place of `body`: then `headers` name its content-type. */
  readonly raw?: string | Uint8Array
}

/** One address of a stand-in. `:name` in the path is a parameter, decoded. */
export type Route = {
  readonly method: string
  readonly path: string
  readonly handler: (params: Readonly<Record<string, string>>, asked: Asked) => Answer
}

/** Asks the route that fits; `undefined` where none does. */
export const answerBy = (routes: readonly Route[], asked: Asked): Answer | undefined => {
  for (const { method, path, handler } of routes) {
    const params = method === asked.method ? paramsOf(path, asked.path) : undefined
    if (params) return handler(params, asked)
  }
  return undefined
}

const paramsOf = (pattern: string, path: string): Record<string, string> | undefined => {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return params
}
