import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { makeKeyFile } from '../../src/client/make-key.ts'
import { makeMachineKey } from '../../src/config/machine-key.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'
import { deployment, people, room } from '../company.ts'

/** The runner of the company. */
export const runner = 'zone'

/** A line that says one of the company's commands; lines of other numbers join no request of each other. */
export const lineOf = (i: number, commands: number): string => `Foobot job-${i % commands} thing-${i}`

/** A plugin that does nothing: what is measured is the way to it. It inspects, so that this is on the way too. */
const plugin = (commands: number): string => `
import { hmacSha256, plugin } from 'foobot'

export default plugin('idle', {
  summary: 'Does nothing',
  webhooks: (webhook) => [
    webhook('idle', {
      summary: 'Hears nothing',
      verify: () => hmacSha256({ header: 'x-signature', secret: { reveal: () => 'nobody who floods knows it' } }),
      on: () => undefined,
    }),
  ],
  commands: (command) =>
    Array.from({ length: ${commands} }, (_, i) =>
      command(\`job-\${i} <thing:word>\`, {
        summary: \`Do nothing, number \${i}\`,
        tier: 'member',
        inspect: ({ args }) => ({ type: 'Thing', id: args.thing, facts: { branch: 'main', size: 3 } }),
        run: ({ args }) => \`did nothing to \${args.thing}\`,
      }),
    ),
})
`

/**
 * Writes a company with its signed bundle and its runner's configuration, and gives the path of the latter.
 * @param withKeys people who can sign in, each with the key `<data>/keys/NAME`
 */
export const writeCompany = async (
  data: string,
  commands: number,
  withKeys: readonly string[] = [],
): Promise<string> => {
  for (const folder of ['keys', 'server', 'plugin', `runners/${runner}`, 'company/people', 'company/policy']) {
    mkdirSync(join(data, folder), { recursive: true, mode: 0o700 })
  }
  const by = { person: 'administrator', keyFile: join(data, 'keys', 'administrator') }
  const root = { administrators: [{ person: by.person, key: makeKeyFile(by.keyFile, 'bench') }], threshold: 1 }
  const company = (file: string, what: unknown): void => writeFileSync(join(data, 'company', file), stringify(what))
  company('company.yaml', {
    deployment,
    name: 'Bench',
    zone: 'Etc/UTC',
    dateOrder: 'month-first',
    root,
    log: { key: makeMachineKey(join(data, 'server', 'log.key')) },
    webhooks: { idle: { runner, room } },
    runners: { [runner]: { key: makeMachineKey(join(data, 'runners', runner, 'runner.key')), zone: 'nothing' } },
  })
  for (const id of [...people, by.person]) {
    const keys = withKeys.includes(id) ? { keys: [makeKeyFile(join(data, 'keys', id), 'bench')] } : {}
    company(`people/${id}.yaml`, { name: id, ...keys })
  }
  company('groups.yaml', { Everybody: people })
  company('rooms.yaml', { [room]: { groups: 'everybody' } })
  for (const file of ['commands.json', 'plugins.json']) writeFileSync(join(data, 'company', file), '[]')
  writeFileSync(
    join(data, 'company', 'policy', 'bench.cedar'),
    'permit (principal in Group::"Everybody", action, resource);\n',
  )
  writeFileSync(join(data, 'plugin', 'commands.ts'), plugin(commands))
  writeFileSync(join(data, 'server', 'server.yaml'), stringify({ deployment, root, lowest: 1 }))
  const file = join(data, 'runners', runner, 'runner.yaml')
  writeFileSync(
    file,
    stringify({
      deployment,
      name: runner,
      server: '../../server/runners.sock',
      root,
      lowest: 1,
      plugins: [{ path: join(data, 'plugin') }],
    }),
  )
  await signBundle(data, Date.now(), by)
  return file
}
