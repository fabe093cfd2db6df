import { bundleVersions, newestBundle, readBundle, toPack } from '#config/bundle-folder.ts'
import { demandAlive } from '#core/bundle/bundle.ts'
import type { Bundle, Root } from '#core/bundle/company.ts'
import { type Clock, toSeconds } from '#core/clock.ts'
import type { BundlePack } from '#wire/runner.ts'

/** The signed bundles of a data folder, as they are activated there. */
export class Bundles {
  readonly #data: string
  readonly #trust: { readonly deployment: string; readonly root: Root; readonly lowest: number }
  readonly #clock: Clock
  #held: Bundle
  #looked: number

  /**
   * What was in force when it ended is held still.
   * @throws FoobotError where there is none that the configuration's root has signed
   */
  constructor(
    data: string,
    trust: { readonly deployment: string; readonly root: Root; readonly lowest: number },
    clock: Clock,
  ) {
    this.#data = data
    this.#trust = trust
    this.#clock = clock
    this.#held = newestBundle(data, { ...trust, now: toSeconds(clock()) })
    this.#looked = this.#held.version
  }

  get held(): Bundle {
    return this.#held
  }

  /**
   * The bundle that was activated since the last look, proven to follow the one held.
   * @param check throws where it must not come into force here
   * @throws FoobotError where what lies there is refused; it is not looked at again
   */
  look(check: (bundle: Bundle) => void): Bundle | undefined {
    const newest = bundleVersions(this.#data).at(-1) ?? 0
    if (newest <= this.#looked) return undefined
    this.#looked = newest
    const now = toSeconds(this.#clock())
    const bundle = demandAlive(newestBundle(this.#data, { ...this.#trust, held: this.#held, now }), now)
    check(bundle)
    this.#held = bundle
    return bundle
  }

  /** What a runner needs to come from the version it holds to the one in force; one that holds none gets the newest. */
  after(version: number | undefined): readonly BundlePack[] {
    const newest = this.#held.version
    return bundleVersions(this.#data)
      .filter((lies) => (version === undefined ? lies === newest : lies > version && lies <= newest))
      .map((lies) => toPack(readBundle(this.#data, lies)))
  }
}
