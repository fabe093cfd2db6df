import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { addressOf } from '#processes/sandbox.ts'
import type { Company } from '../company.ts'

/** Posts an alert to the pager's generic endpoint, as the company's monitoring does. */
export const raiseAlert = async ({ data }: Company, written: string): Promise<void> => {
  const title = written.replaceAll('\\n', '\n')
  const key = readFileSync(join(data, 'sandbox', 'on-call', 'alert.key'), 'utf8').trim()
  const answer = await fetch(`${addressOf(data, 'on-call')}/integrations/generic/20131114/alert/${key}/ops`, {
    method: 'POST',
    body: JSON.stringify({ message_type: 'CRITICAL', entity_id: title, entity_display_name: title }),
  })
  if (!answer.ok) throw new Error(`the pager does not take the alert: ${answer.status}`)
}
