import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readCompany } from '#config/company.ts'
import { acceptBundle, type BundleOffer, bundleKind } from '#core/bundle/bundle.ts'
import type { Bundle, Root } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { type Policy, policyOf } from '#core/policy/decide.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { type BundlePack, bundlePack } from '#wire/runner.ts'
import type { Claims } from './claims.ts'
import type { RunnerLogger } from './logger.ts'

/** The rules by which this runner decides. */
export type InForce = { readonly bundle: Bundle; readonly policy: Policy }

export type Trusting = {
  readonly deployment: string
  /** Of the runner's own configuration file. */
  readonly root: Root
  readonly lowest: number
  readonly folder: string
  readonly claims: Claims
  readonly log: RunnerLogger
}

/** The bundle in force here: taken from a message only when its administrators signed it, and kept over a restart. */
export class HeldBundle {
  readonly #trusting: Trusting
  #inForce: InForce | undefined

  constructor(trusting: Trusting) {
    this.#trusting = trusting
    mkdirSync(join(trusting.folder, 'bundle'), { recursive: true, mode: 0o700 })
    this.#restore()
  }

  get inForce(): InForce | undefined {
    return this.#inForce
  }

  /**
   * Takes a bundle that is offered.
   * @param now seconds
   * @throws FoobotError with the reason; then what was held stays in force
   */
  take(pack: BundlePack, now: number): Bundle {
    const { deployment, root, lowest, claims, log } = this.#trusting
    const held = this.#inForce?.bundle
    const known = claims.bundle
    const bundle = acceptBundle(offerOf(pack), readCompany, {
      deployment,
      root,
      lowest: Math.max(lowest, known?.version ?? 0),
      now,
      ...(held && { held }),
    })
    if (known && bundle.version === known.version && bundle.digest !== known.digest) {
      throw new FoobotError('bundle-refused', `another bundle of version ${known.version} was in force here`)
    }
    if (held?.digest === bundle.digest) return bundle
    this.#write(pack, bundle.version)
    claims.hold({ version: bundle.version, digest: bundle.digest }).catch((error: unknown) => {
      log.error({ error: String(error) }, 'the version of the bundle could not be written down')
    })
    this.#inForce = { bundle, policy: policyOf(bundle) }
    log.info({ version: bundle.version }, 'a bundle is in force')
    return bundle
  }

  /** What was accepted once is known by its digest, whoever its administrators are by now. */
  #restore(): void {
    const { deployment, lowest, claims, log } = this.#trusting
    const known = claims.bundle
    if (!known) return
    try {
      const path = this.#path(known.version)
      if (!existsSync(path)) throw new Error(`${path} is missing`)
      const pack = bundlePack.parse(JSON.parse(readFileSync(path, 'utf8')))
      const { value, digest } = readEnvelope(bundleKind, pack.envelope)
      if (digest !== known.digest) throw new Error(`${path} is not the bundle that was accepted`)
      const offer = offerOf(pack)
      const { root } = readCompany(offer.files)
      const bundle = acceptBundle(offer, readCompany, { deployment, root, lowest, now: value.iat })
      this.#inForce = { bundle, policy: policyOf(bundle) }
    } catch (error) {
      log.warn(
        { version: known.version, error: String(error) },
        'the bundle held cannot be used: I wait for the server to offer one',
      )
    }
  }

  #write(pack: BundlePack, version: number): void {
    const path = this.#path(version)
    const file = openSync(`${path}.new`, 'w', 0o600)
    try {
      writeSync(file, JSON.stringify(pack))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${path}.new`, path)
  }

  #path(version: number): string {
    return join(this.#trusting.folder, 'bundle', `${version}.json`)
  }
}

const offerOf = ({ envelope, files }: BundlePack): BundleOffer => ({
  envelope,
  files: new Map(Object.entries(files).map(([path, text]) => [path, fromBase64(text)])),
})
