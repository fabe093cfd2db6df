import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { UsageError } from './failure.ts'

/** What this machine knows of the company by itself. A server is not asked: it would name a desk of its own. */
export type CompanyHere = { readonly deployment: string; readonly desks: readonly string[] }

/** The company of a data folder's newest bundle; undefined where there is none. */
export const companyHere = (data: string): CompanyHere | undefined => {
  const newest = bundleVersions(data).at(-1)
  if (newest === undefined) return undefined
  const { deployment, desks } = readCompany(readBundle(data, newest).files)
  return { deployment, desks: [...desks.keys()] }
}

/**
 * The exact origin of the page where a passkey is made.
 * @throws UsageError where it is not known, or not one of the company's
 */
export const deskOf = (wanted: string | undefined, here: CompanyHere | undefined): string => {
  const known = here?.desks ?? []
  if (wanted === undefined) {
    const [one, ...others] = known
    if (one !== undefined && others.length === 0) return one
    throw new UsageError(
      one === undefined
        ? 'I do not know where the desk is: say it with --desk URL, as your company gives it to you'
        : `there are several desks: say which with --desk, one of ${known.join(', ')}`,
    )
  }
  const url = URL.parse(wanted)
  if (!url || url.origin === 'null' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new UsageError(`${wanted} is no address of a desk: write scheme, host and port, as https://desk.acme.example`)
  if (here && !known.includes(url.origin))
    throw new UsageError(
      `${url.origin} is no desk of ${here.deployment}: its bundle lists ${known.join(', ') || 'none'}`,
    )
  return url.origin
}

/** @throws UsageError where it is not known */
export const deploymentOf = (wanted: string | undefined, here: CompanyHere | undefined): string => {
  const deployment = wanted ?? here?.deployment
  if (deployment === undefined) throw new UsageError('say which company with --deployment NAME')
  return deployment
}
