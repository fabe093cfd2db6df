import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Daemons } from './daemon.fixture.ts'
import { freePorts } from './free-ports.fixture.ts'

export type RealPrometheus = { readonly url: string; stop(): Promise<void> }

/**
 * Debian's prometheus on loopback, holding these samples and scraping nobody.
 * @param samples lines of the text format with a time in seconds, as `up{job="a"} 1 1700000000`, sorted by series
 */
export const startPrometheus = async (samples: readonly string[]): Promise<RealPrometheus> => {
  const daemons = new Daemons()
  try {
    const [port = 0] = await freePorts(1)
    const at = (file: string): string => join(daemons.folder, file)
    mkdirSync(at('data'))
    writeFileSync(at('prometheus.yml'), 'scrape_configs: []\n')
    writeFileSync(at('samples.txt'), `${samples.join('\n')}\n# EOF\n`)
    await promtool('tsdb', 'create-blocks-from', 'openmetrics', at('samples.txt'), at('data'))
    daemons.start('prometheus', [
      `--config.file=${at('prometheus.yml')}`,
      `--storage.tsdb.path=${at('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    const url = `http://127.0.0.1:${port}`
    await daemons.until(async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined), 'prometheus')
    return { url, stop: () => daemons.stop() }
  } catch (error) {
    await daemons.stop()
    throw error
  }
}

const run = promisify(execFile)

const promtool = async (...args: readonly string[]): Promise<void> => {
  await run('promtool', [...args]).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error('promtool is not installed: run "npm run setup:test"') : error
  })
}
