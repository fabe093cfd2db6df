import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Daemons } from './daemon.fixture.ts'
import { freePorts } from './free-ports.fixture.ts'

/** Name, seconds since 1970, value: as carbon takes it. */
export type Sample = readonly [metric: string, at: number, value: number]

export type RealGraphite = { readonly url: string; stop(): Promise<void> }

/** Debian's graphite-carbon and graphite-web on loopback, holding these samples of one a minute. */
export const startGraphite = async (samples: readonly Sample[]): Promise<RealGraphite> => {
  const daemons = new Daemons()
  try {
    const [line = 0, pickle = 0, query = 0, web = 0] = await freePorts(4)
    const { folder } = daemons
    for (const name of ['whisper', 'log', 'run']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, 'storage-schemas.conf'), '[all]\npattern = .*\nretentions = 60s:1d\n')
    writeFileSync(join(folder, 'carbon.conf'), carbonConf(folder, { line, pickle, query }))
    daemons.start('carbon-cache', [
      `--config=${join(folder, 'carbon.conf')}`,
      `--pidfile=${join(folder, 'carbon.pid')}`,
      '--nodaemon',
      'start',
    ])
    await daemons.until(() => feed(line, samples), 'carbon')
    writeFileSync(join(folder, 'own_settings.py'), settings(folder, query))
    daemons.start('graphite-manage', ['runserver', '--noreload', '--nothreading', `127.0.0.1:${web}`], {
      PYTHONPATH: folder,
      PYTHONWARNINGS: 'ignore',
      GRAPHITE_SETTINGS_MODULE: 'own_settings',
    })
    const url = `http://127.0.0.1:${web}`
    const [last] = samples.slice(-1)
    await daemons.until(async () => {
      const answer = await fetch(`${url}/render?target=${last?.[0]}&from=-2h&format=json`)
      const [series] = (await answer.json()) as readonly { datapoints: readonly (readonly [number | null, number])[] }[]
      return series?.datapoints.some(([value, at]) => at === last?.[1] && value === last[2]) || undefined
    }, 'graphite-web')
    return { url, stop: () => daemons.stop() }
  } catch (error) {
    await daemons.stop()
    throw error
  }
}

const carbonConf = (folder: string, ports: Readonly<Record<'line' | 'pickle' | 'query', number>>): string =>
  `[cache]
STORAGE_DIR = ${folder}
LOCAL_DATA_DIR = ${join(folder, 'whisper')}
CONF_DIR = ${folder}
LOG_DIR = ${join(folder, 'log')}
PID_DIR = ${join(folder, 'run')}
USER =
MAX_CREATES_PER_MINUTE = inf
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = ${ports.line}
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = ${ports.pickle}
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = ${ports.query}
CARBON_METRIC_INTERVAL = 0
`

const settings = (folder: string, query: number): string => `
SECRET_KEY = 'of a test'
ALLOWED_HOSTS = ['127.0.0.1']
STORAGE_DIR = '${folder}'
LOG_DIR = '${join(folder, 'log')}'
CONF_DIR = '${folder}'
INDEX_FILE = '${join(folder, 'index')}'
WHISPER_DIR = '${join(folder, 'whisper')}'
STANDARD_DIRS = ['${join(folder, 'whisper')}']
CARBONLINK_HOSTS = ['127.0.0.1:${query}']
TIME_ZONE = 'UTC'
FUNCTION_PLUGINS = []
`

const feed = (port: number, samples: readonly Sample[]): Promise<true> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.end(samples.map(([metric, at, value]) => `${metric} ${value} ${at}\n`).join(''), () => resolve(true))
    })
  })
