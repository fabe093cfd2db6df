import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const plugins = fileURLToPath(new URL('../../plugins', import.meta.url))

/** Where stand-ins are until they say otherwise. */
const somewhere = 'http://127.0.0.1:1'

/**
 * What each runner of the example serves. Each holds the credentials of its own zone, in files that are its user's alone.
 * @param home where the data folder will lie: what is written down as a path
 */
export const pluginsOf = (
  home: string,
  { zone, dateOrder }: { readonly zone: string; readonly dateOrder: string },
): Readonly<Record<string, readonly unknown[]>> => {
  const runner = (name: string, file: string): string => join(home, 'runners', name, file)
  return {
    delivery: [
      {
        path: join(plugins, 'git'),
        config: { workingCopies: { devs: join(home, 'work', 'devs') }, mailDomain: 'acme.example' },
      },
      {
        path: join(plugins, 'jenkins'),
        config: {
          baseUrl: somewhere,
          user: 'foobot',
          token: { file: runner('delivery', 'jenkins.token') },
          apps: {
            timeline: {
              owner: 'backend',
              job: 'timeline-deploy',
              repository: join(home, 'git', 'timeline.git'),
              environments: ['staging', 'prod'],
            },
          },
          zone,
          dateOrder,
        },
      },
    ],
    operations: [
      {
        path: join(plugins, 'servers'),
        config: { baseUrl: somewhere, token: { file: runner('operations', 'servers.token') } },
      },
      {
        path: join(plugins, 'migrations'),
        config: {
          repository: join(home, 'git', 'schema.git'),
          folder: 'migrations',
          databases: { prod: join(home, 'databases', 'prod.sqlite') },
          owner: 'dba',
        },
      },
      {
        path: join(plugins, 'graphs'),
        config: {
          backend: 'graphite',
          baseUrl: somewhere,
          user: 'foobot',
          credential: { file: runner('operations', 'graphite.password') },
          targets: { 'collectd.load(<host>)': 'collectd.<host>.load' },
          zone,
          dateOrder,
        },
      },
      {
        path: join(plugins, 'on-call'),
        config: {
          backend: {
            name: 'splunk',
            baseUrl: somewhere,
            apiId: { file: runner('operations', 'on-call.id') },
            apiKey: { file: runner('operations', 'on-call.key') },
          },
          webhookSecret: { file: runner('operations', 'on-call.webhook') },
        },
      },
    ],
    business: [
      {
        path: join(plugins, 'billing'),
        config: {
          baseUrl: somewhere,
          apiKey: { file: runner('business', 'billing.key') },
          userAddOn: 'user',
          zone,
          dateOrder,
        },
      },
      {
        path: join(plugins, 'boards'),
        config: {
          baseUrl: somewhere,
          key: { file: runner('business', 'trello.key') },
          token: { file: runner('business', 'trello.token') },
          boards: ['cOnTeNt1'],
          zone,
          dateOrder,
        },
      },
      {
        path: join(plugins, 'issues'),
        config: {
          baseUrl: somewhere,
          email: 'foobot@acme.example',
          apiToken: { file: runner('business', 'jira.token') },
          project: 'FEAT',
          customerField: 'customfield_10042',
        },
      },
      {
        path: join(plugins, 'webinars'),
        config: {
          baseUrl: somewhere,
          apiKey: { file: runner('business', 'brighttalk.key') },
          apiSecret: { file: runner('business', 'brighttalk.secret') },
          channel: 11_223,
          social: {
            record: runner('business', 'posts.sqlite'),
            x: {
              baseUrl: somewhere,
              consumerKey: { file: runner('business', 'x.consumer-key') },
              consumerSecret: { file: runner('business', 'x.consumer-secret') },
              token: { file: runner('business', 'x.token') },
              tokenSecret: { file: runner('business', 'x.token-secret') },
            },
            facebook: {
              baseUrl: somewhere,
              page: '102030405060708',
              token: { file: runner('business', 'facebook.token') },
            },
            linkedIn: {
              baseUrl: somewhere,
              version: '202609',
              organization: '5515715',
              token: { file: runner('business', 'linkedin.token') },
            },
            mastodon: { baseUrl: somewhere, token: { file: runner('business', 'mastodon.token') } },
          },
          zone,
          dateOrder,
        },
      },
      {
        path: join(plugins, 'salesforce'),
        config: {
          baseUrl: somewhere,
          consumerKey: 'foobot-consumer-key',
          user: 'foobot@acme.example',
          privateKey: { file: runner('business', 'salesforce.key') },
          zone,
          dateOrder,
        },
      },
    ],
    fun: [{ path: join(plugins, 'pictures') }],
  }
}

/** Gives each runner the credentials of its systems, and the stand-ins what they ask for. */
export const makeCredentials = (data: string): void => {
  const random = (): string => randomBytes(24).toString('hex')
  const shared: readonly (readonly [
    sandbox: string,
    runner: string,
    file: string,
    asked?: string,
    make?: () => string,
  ])[] = [
    ['jenkins', 'delivery', 'jenkins.token'],
    ['servers', 'operations', 'servers.token'],
    ['graphite', 'operations', 'graphite.password'],
    ['on-call', 'operations', 'on-call.id', 'credential.id'],
    ['on-call', 'operations', 'on-call.key', 'credential.key'],
    ['on-call', 'operations', 'on-call.webhook', 'webhook.secret'],
    ['billing', 'business', 'billing.key'],
    ['trello', 'business', 'trello.key', 'credential.key'],
    ['trello', 'business', 'trello.token', 'credential.token'],
    ['jira', 'business', 'jira.token'],
    ['brighttalk', 'business', 'brighttalk.key', 'credential.key'],
    ['brighttalk', 'business', 'brighttalk.secret', 'credential.secret'],
    ['networks', 'business', 'x.consumer-key', 'credential.x-consumer-key'],
    ['networks', 'business', 'x.consumer-secret', 'credential.x-consumer-secret'],
    ['networks', 'business', 'x.token', 'credential.x-token'],
    ['networks', 'business', 'x.token-secret', 'credential.x-token-secret'],
    ['networks', 'business', 'facebook.token', 'credential.facebook'],
    ['networks', 'business', 'linkedin.token', 'credential.linkedin'],
    ['networks', 'business', 'mastodon.token', 'credential.mastodon'],
    ['salesforce', 'business', 'salesforce.key', 'credential', privateKey],
  ]
  for (const [sandbox, runner, file, asked = 'credential', make = random] of shared) {
    const credential = `${make().trim()}\n`
    mkdirSync(join(data, 'sandbox', sandbox), { recursive: true, mode: 0o700 })
    writeFileSync(join(data, 'sandbox', sandbox, asked), credential, { mode: 0o600 })
    writeFileSync(join(data, 'runners', runner, file), credential, { mode: 0o600 })
  }
}

/** Salesforce is signed in to with a key; its stand-in checks with the public half. */
const privateKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey
