/**
 * Who may import whom, and why nobody else: the plan of the house as data. `may` names files, folders (ending in `/`),
 * packages and `node:`; `late` what may be loaded by `import()` alone. The longest `room` that fits a path is its row.
 */
export type Row = {
  readonly room: string
  readonly may: readonly string[]
  readonly late?: readonly string[]
  /** Named prohibitions, each with its reason. */
  readonly never?: Readonly<Record<string, string>>
  /** Why nothing else. */
  readonly why: string
}

/** The rooms of `core`, upper ones first: each sees only those above it. */
export const coreRooms = [
  'text',
  'reply',
  'statement',
  'command',
  'signature',
  'bundle',
  'policy',
  'consent',
  'log',
  'warrant',
] as const

const foundations = ['src/core/errors.ts', 'src/core/clock.ts', 'src/core/tier.ts']
const pure = 'a rule must be testable without a machine: no file, no network, no clock of its own'

const upToDown = 'the rooms of core see only those above them, so that each can be read without the ones below'
const cedar = '@cedar-policy/cedar-wasm'
const cedarFiles = ['cedar.ts', 'cedar-text.ts', 'cedar-validator.ts']
const oneCedar = `policy/ speaks to Cedar in one place, ${cedarFiles.join(', ')}, so that its traps are dealt with there`

const coreFolders = (name: (typeof coreRooms)[number]): string[] => [
  ...foundations,
  ...coreRooms.slice(0, coreRooms.indexOf(name) + 1).map((above) => `src/core/${above}/`),
  'node:crypto',
  'zod',
]

/** The plugins that ship, each with the libraries of its own. */
const plugins: Readonly<Record<string, readonly string[]>> = {
  billing: [],
  boards: [],
  git: [],
  graphs: ['@resvg/resvg-wasm'],
  issues: [],
  jenkins: [],
  migrations: [],
  'on-call': [],
  pictures: ['@resvg/resvg-wasm'],
  salesforce: [],
  servers: [],
  webinars: ['@rgrove/parse-xml'],
}

export const table: readonly Row[] = [
  { room: 'src/core/', may: foundations, why: 'errors, clock and tier are what everything stands on' },
  ...coreRooms.map((name) => ({
    room: `src/core/${name}/`,
    may: coreFolders(name),
    never: { 'src/core/': upToDown, [cedar]: oneCedar },
    why: pure,
  })),
  ...cedarFiles.map((file) => ({
    room: `src/core/policy/${file}`,
    may: [...coreFolders('policy'), cedar],
    never: { 'src/core/': upToDown },
    why: pure,
  })),
  {
    room: 'src/disk/',
    may: ['src/disk/', 'src/core/errors.ts', 'node:fs'],
    why: 'what a disk refuses is named in one way, for whoever writes',
  },
  { room: 'src/bounds/', may: ['src/bounds/', 'node:'], why: 'a bound knows nothing of what it bounds' },
  { room: 'src/wire/', may: ['src/core/', 'zod'], why: 'what travels is a schema and nothing else' },
  {
    room: 'src/config/',
    may: ['src/core/', 'src/disk/', 'node:', 'yaml', 'zod'],
    why: 'reading what a company wrote must not depend on what is done with it',
  },
  {
    room: 'src/engine/',
    may: ['src/bounds/', 'src/core/', 'src/wire/', 'node:crypto'],
    never: {
      'src/platforms/': 'the engine gets platforms through engine/platform.ts, and never asks which one it is',
      'src/storage/': 'the engine gets stores through engine/store.ts, so that another database can take the place',
      'src/links/': 'the engine gets runners through engine/runner-link.ts',
      'src/runner/': 'who decides holds no credential and loads no plugin',
    },
    why: 'the way of a command is decided by what it is handed',
  },
  {
    room: 'src/platforms/native/',
    may: [
      'src/bounds/',
      'src/engine/platform.ts',
      'src/core/reply/',
      'src/core/text/',
      'src/wire/native.ts',
      'node:',
      'ws',
    ],
    never: {
      'src/engine/': 'an adapter cannot decide: it turns a wire into messages, and replies into its wire',
      'src/core/policy/': 'an adapter cannot decide',
      'src/platforms/': 'platforms know nothing of each other',
    },
    why: 'an adapter is its wire and nothing else',
  },
  ...[
    ['push', 'web-push'],
    ['totp', 'otpauth'],
  ].map(([name, library = '']) => ({
    room: `src/factors/${name}/`,
    may: [`src/factors/${name}/`, 'src/engine/factor.ts', 'src/core/', 'src/disk/', 'node:', 'zod', library],
    never: {
      'src/engine/': 'a factor says what it saw; whether that counts is decided elsewhere',
      'src/platforms/': 'a factor hears of nobody’s chat',
      'src/factors/': 'factors know nothing of each other',
    },
    why: 'a factor is its one method and nothing else',
  })),
  {
    room: 'src/links/ws/',
    may: ['src/bounds/', 'src/disk/', 'src/engine/runner-link.ts', 'src/core/', 'src/wire/', 'node:', 'ws'],
    never: { 'src/engine/': 'a link carries messages; what they mean is the engine’s' },
    why: 'a link carries messages and nothing else',
  },
  {
    room: 'src/storage/',
    may: [
      'src/bounds/',
      'src/engine/store.ts',
      'src/engine/platform.ts',
      'src/engine/request/request.ts',
      'src/engine/request/states.ts',
      'src/disk/',
      'src/core/',
      'node:',
    ],
    never: { 'src/engine/': 'a store keeps what it is given and decides nothing: port files only' },
    why: 'a store keeps what it is given',
  },
  {
    room: 'src/http/',
    may: [
      'src/bounds/',
      'src/engine/doors.ts',
      'src/engine/views.ts',
      'src/core/',
      'src/wire/',
      'src/config/',
      'node:',
      '@hono/node-server',
      'hono',
      'prom-client',
      'ws',
      'zod',
    ],
    never: {
      'src/engine/': 'a route cannot dispatch: it knows the doors and the views',
      'src/platforms/': 'what people say comes through their platform, not through a route',
      'src/storage/': 'a route reads views, never tables',
    },
    why: 'http is a way in, and decides nothing',
  },
  {
    room: 'src/runner/',
    may: ['src/bounds/', 'src/disk/', 'src/core/', 'src/wire/', 'src/config/', 'node:', 'pino', 'ws', 'zod'],
    // What plugins import as `foobot` is the runner's own copy of it.
    late: ['src/index.ts'],
    never: {
      'src/engine/': 'a runner believes nobody: it shares rules with the server, never its steps',
      'src/storage/': 'a runner keeps one append-only file of its own',
      'src/platforms/': 'a runner hears the server alone',
      'src/http/': 'a runner dials; nobody dials it',
      'plugins/': 'plugins are named by the configuration and loaded by runner/module-hooks.ts',
    },
    why: 'the acting side checks every proof by itself',
  },
  {
    room: 'src/client/',
    may: ['src/core/', 'src/disk/', 'src/wire/', 'node:', 'ws', 'zod'],
    why: 'a client is a connection and a person’s keys; it shares no code with the server that it doubts',
  },
  {
    room: 'src/cli/',
    may: [
      'src/core/',
      'src/disk/',
      'src/wire/',
      'src/client/',
      'src/config/',
      'node:',
      'commander',
      'pngjs',
      'sixel',
      'yaml',
      'zod',
    ],
    late: ['src/processes/'],
    never: {
      'src/engine/': 'a subcommand is a client or a reader of files: it comes in by the doors like everybody',
      'src/storage/': 'only the server opens the database',
    },
    why: 'a subcommand is a client or a reader of files',
  },
  {
    room: 'src/vendor/',
    may: ['src/core/text/', 'node:', 'zod'],
    why: 'how a plugin asks a vendor over HTTP knows nothing of Foobot, but for the one way to hold a text on its line',
  },
  {
    room: 'src/index.ts',
    may: [
      'src/core/command/',
      'src/core/reply/',
      'src/core/text/',
      'src/config/secret.ts',
      'src/runner/pinned-files.ts',
      'src/vendor/',
      'zod',
    ],
    why: 'a plugin declares commands and answers; nothing else of Foobot is its business',
  },
  {
    room: 'src/testing.ts',
    may: ['src/', 'node:', 'yaml', 'zod'],
    never: { 'src/http/': 'a bot in a test opens no port', 'src/cli/': 'a bot in a test reads no command line' },
    why: 'authors test against the real parts',
  },
  { room: 'src/processes/', may: ['src/', 'examples/', 'plugins/', 'sandbox/', '*'], why: 'they build everything' },
  ...Object.entries(plugins).map(([name, libraries]) => ({
    room: `plugins/${name}/`,
    may: [`plugins/${name}/`, 'foobot', 'node:', ...libraries],
    never: { 'src/': 'a plugin sees what authors see: foobot', 'plugins/': 'plugins know nothing of each other' },
    why: 'a plugin brings its own listed libraries and no others',
  })),
  {
    room: 'sandbox/',
    may: ['sandbox/', 'node:'],
    never: {
      'src/': 'a stand-in must not share the mistakes of the client under test',
      'plugins/': 'a stand-in must not share the mistakes of the client under test',
    },
    why: 'a stand-in is a program of its own',
  },
  {
    room: 'sandbox/phone/',
    may: ['sandbox/phone/', 'web/desk/statement/', 'node:'],
    never: { 'src/': 'a phone reads statements with the code of the desk, which is written apart from ours' },
    why: 'a phone shows and signs what the desk would',
  },
  { room: 'web/', may: ['web/', 'src/wire/'], why: 'a second implementation, held to the same vectors' },
  {
    room: 'web/desk/',
    may: ['web/desk/', 'preact'],
    why: 'a second implementation, held to the same vectors, and small enough to be read whole',
  },
  { room: 'web/desk/vite.config.ts', may: ['node:', 'vite'], why: 'it builds, and is not served' },
  {
    room: 'web/desk/statement/',
    may: ['web/desk/statement/'],
    never: { 'web/desk/': 'a statement is read, shown and hashed without a page: the phone does it too' },
    why: 'what is signed depends on WebCrypto alone',
  },
  {
    room: 'examples/portraits/',
    may: ['examples/portraits/', 'node:', '@resvg/resvg-wasm', 'yaml'],
    why: 'it draws the people of the example company, and is no part of it',
  },
  { room: 'examples/', may: ['examples/', 'foobot', 'node:', 'zod'], why: 'an example is what a company would write' },
]

/** What tests beside the code may import over and above what their room may. */
export const forTests = ['vitest', 'fast-check', 'node:', 'test/']
