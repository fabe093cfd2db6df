import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

const deploy = join(root, 'deploy')
const units = readdirSync(deploy).filter((name) => name.endsWith('.service'))
const systemd = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' })
const hasSystemd = systemd.status === 0
const systemdVersion = Number(/^systemd (\d+)/.exec(systemd.stdout ?? '')?.[1] ?? 0)

describe('units for systemd', () => {
  it('run server, desk and runner as a user each, without privileges', () => {
    const users = units.map((name) => /^User=(.+)$/m.exec(readFileSync(join(deploy, name), 'utf8'))?.[1])
    expect(users.sort()).toEqual(['foobot-desk', 'foobot-runner-%i', 'foobot-server'])
    for (const name of units) {
      const unit = readFileSync(join(deploy, name), 'utf8')
      expect(unit).toMatch(/^NoNewPrivileges=yes$/m)
      expect(unit).toMatch(/^CapabilityBoundingSet=$/m)
      expect(unit).toMatch(/^ProtectSystem=strict$/m)
      // Who keeps nothing has no folder to close.
      if (/^StateDirectory=/m.test(unit)) expect(unit).toMatch(/^StateDirectoryMode=0700$/m)
      else expect(name).toBe('foobot-desk.service')
    }
  })

  it('are started again without a limit, with pauses that grow', () => {
    for (const name of units) {
      const unit = readFileSync(join(deploy, name), 'utf8')
      for (const line of [
        'StartLimitIntervalSec=0',
        'Restart=on-failure',
        'RestartSec=2',
        'RestartSteps=6',
        'RestartMaxDelaySec=60',
      ])
        expect(unit.split('\n')).toContain(line)
      expect(unit).not.toContain('StartLimitBurst')
    }
  })

  // Where there is no systemd, nothing can read them either.
  it.runIf(hasSystemd)('are read by systemd without complaint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'foobot-units-'))
    const copies = units.map((name) => join(folder, name.replace('@.', '@delivery.')))
    units.forEach((name, index) => {
      copyFileSync(join(deploy, name), copies[index] ?? '')
    })
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...copies], {
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    // Units of the machine's own packages are read along, and are not ours to mend.
    const said = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !/^(\/usr)?\/lib\/systemd\//.test(line))
      // Before 254 the pauses do not grow.
      .filter((line) => systemdVersion >= 254 || !/Unknown key (name )?'Restart(Steps|MaxDelaySec)'/.test(line))
    expect({ status, said }).toEqual({ status: 0, said: [] })
  })
})
