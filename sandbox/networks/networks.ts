import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { facebook } from './facebook.ts'
import { linkedIn } from './linkedin.ts'
import { mastodon } from './mastodon.ts'
import { Posts } from './posts.ts'
import { x } from './x.ts'

/** One network: what it answers below its own path, and how it fails. */
export type Network = {
  readonly open: (given: Given, posts: Posts) => Opened
  readonly failed: (status: number) => Answer
}

export type Opened = {
  /** The refusal of who may not ask; `undefined` where they may. */
  readonly refusal: (asked: Asked) => Answer | undefined
  readonly routes: readonly Route[]
}

const networks: Readonly<Record<string, Network>> = { x, facebook, linkedin: linkedIn, mastodon }

/** Four networks in one process, each below the path of its name: `/x/2/tweets`. */
export const openNetworks = (given: Given): ((asked: Asked) => Answer) => {
  const posts = new Posts(given.database)
  const opened = new Map(Object.entries(networks).map(([name, { open }]) => [name, open(given, posts)]))
  return (asked) => {
    const name = nameIn(asked.path)
    const network = opened.get(name)
    if (!network) return { status: 404 }
    const within = { ...asked, path: asked.path.slice(name.length + 1) }
    return network.refusal(within) ?? answerBy(network.routes, within) ?? failed(404, asked.path)
  }
}

export const failed = (status: number, path: string): Answer => networks[nameIn(path)]?.failed(status) ?? { status }

const nameIn = (path: string): string => path.split('/')[1] ?? ''
