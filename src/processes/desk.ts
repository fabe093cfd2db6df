import { readDeskConfig } from '#config/desk.ts'
import { makeDesk } from '#http/desk.ts'
import { deskFiles } from './desk-files.ts'
import { stopWith, tellParent } from './lifecycle.ts'
import { makeLog } from './log.ts'

/** `foobot desk`: the page where people read and sign, on an origin of its own. It holds no key and no data. */
export const main = async ({ config: file }: { readonly config: string }): Promise<void> => {
  const config = readDeskConfig(file)
  const log = makeLog('desk')
  const desk = await makeDesk({ ...config, clock: () => Date.now(), files: deskFiles() })
  stopWith(
    () => desk.close(),
    (error) => log.error({ error: String(error) }, 'the desk did not stop cleanly'),
  )
  log.info({ url: config.origin }, 'listening')
  tellParent({ type: 'ready', url: config.origin })
}
