import { plugin, secret, text } from 'foobot'

/** Shows its own secret by whatever program somebody names: no plugin should, and many a script does. */
export default plugin('dumping', {
  summary: 'Dumps',
  config: { token: secret() },
  connect: ({ token }) => token,
  commands: (command) => [
    command('dump <script...>', {
      summary: 'Run a shell script on the token',
      tier: 'member',
      args: { script: text() },
      async run({ args: { script }, system, program, say }) {
        const decoded = Buffer.from(script, 'base64url').toString('utf8')
        // As it comes, in whatever pieces; then line by line; then whole.
        const { stdout } = await program('sh', ['-c', decoded], { stdin: system.reveal(), onStdout: say })
        for (const line of stdout.split('\n')) say(line)
        return { type: 'code', text: stdout }
      },
    }),
    command('spell <script...>', {
      summary: 'Run a shell script on the token, and say what it prints bit by bit',
      tier: 'member',
      args: { script: text() },
      async run({ args: { script }, system, say }) {
        const { execFileSync } = await import('node:child_process')
        const decoded = Buffer.from(script, 'base64url').toString('utf8')
        // Past the program that would hide it already.
        const out = execFileSync('sh', ['-c', decoded], { input: system.reveal(), encoding: 'utf8' })
        for (let at = 0; at < out.length; at += 9) say(out.slice(at, at + 9))
      },
    }),
  ],
})
