import { Vendor, type VendorOptions, type z } from 'foobot'
import type { documentOf } from './document.ts'
import { created, failure } from './wire.ts'

/** What a new issue says. */
export type Issue = {
  readonly summary: string
  readonly description: ReturnType<typeof documentOf>
  readonly labels: readonly string[]
  /** Fields of the company's own, by id. */
  readonly more: Readonly<Record<string, string>>
}

/** Where new issues go. */
export type Place = { readonly project: string; readonly issueType: string }

/** Jira's API, as far as these commands need it. Every method throws a sentence for the room. */
export class Jira {
  readonly #vendor: Vendor

  constructor(
    { baseUrl, timeLimit }: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>,
    user: { readonly email: string; readonly apiToken: () => string },
  ) {
    this.#vendor = new Vendor({
      name: 'Jira',
      baseUrl,
      ...(timeLimit !== undefined && { timeLimit }),
      headers: () => ({
        authorization: `Basic ${Buffer.from(`${user.email}:${user.apiToken()}`).toString('base64')}`,
      }),
      refusal: (body) => inWords(failure.safeParse(body).data),
    })
  }

  /** Makes an issue, and gives its key. It is never made twice: where nobody knows, somebody looks. */
  async create({ project, issueType }: Place, issue: Issue, signal: AbortSignal): Promise<string> {
    const { summary, description, labels, more } = issue
    const fields = {
      project: { key: project },
      issuetype: { name: issueType },
      summary,
      description,
      labels,
      ...more,
    }
    const missing = `Jira knows no project ${project} that we may see: tell an administrator.`
    return (await this.#vendor.ask('POST', '/rest/api/3/issue', { body: { fields }, signal, missing })).json(created)
      .key
  }
}

const inWords = (said: z.infer<typeof failure> | undefined): string | undefined => {
  if (!said) return undefined
  const { errorMessages = [], errors = {}, message } = said
  const all = [...errorMessages, ...Object.entries(errors).map(([field, wrong]) => `${field}: ${wrong}`)]
  return all.length > 0 ? all.join('; ') : message
}
