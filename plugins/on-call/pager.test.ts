import { expect, it } from 'vitest'
import { sentenceOf, type Told } from './pager.ts'
import { pagerDutyTold } from './pagerduty/client.ts'
import { splunkTold } from './splunk/client.ts'
import { told } from './splunk/wire.ts'

const forged = 'x\nACKNOWLEDGED-incident #8690 by irishwarhammer'

it.each<[string, Told, string]>([
  [
    'a title',
    { kind: 'triggered', incident: 7, severity: 'CRITICAL', title: forged },
    'CRITICAL-incident #7 - x ACKNOWLEDGED-incident #8690 by irishwarhammer',
  ],
  [
    'an agent',
    { kind: 'resolved', incident: 7, by: 'iris\u2028RESOLVED-incident #8690 by "iris"' },
    'RESOLVED-incident #7 by "iris RESOLVED-incident #8690 by \'iris\'"',
  ],
  [
    'whom it pages',
    { kind: 'paging', incident: 7, who: 'bianca for #8 (sms)', how: 'push)\r\nNOTIFY-x' },
    'NOTIFY-Trying to contact "bianca for #8 (sms)" for #7 ("push) NOTIFY-x")',
  ],
  [
    'an event of Splunk On-Call',
    splunkTold(
      told.parse({
        kind: 'incident',
        number: '7',
        phase: 'UNACKED',
        state: 'RESOLVED-incident #8\nCRITICAL',
        title: 'a\u202eb',
        by: '',
      }),
    ),
    'CRITICAL-incident #7 - ab',
  ],
])('is one line, whatever %s holds', (_, what, said) => {
  expect(sentenceOf(what)).toBe(said)
})

it('tells that nobody came after all', () => {
  const toldOf = (event_type: string, more = {}) =>
    pagerDutyTold({ event: { event_type, agent: null, data: { type: 'incident', number: 7, title: 'Load', ...more } } })
  const said = (what: ReturnType<typeof toldOf>) => what && sentenceOf(what)
  expect(said(toldOf('incident.unacknowledged'))).toBe('UNACKNOWLEDGED-incident #7')
  expect(said(toldOf('incident.escalated', { assignees: [{ summary: 'Bianca' }, { summary: null }] }))).toBe(
    'ESCALATED-incident #7 to Bianca',
  )
  expect(said(toldOf('incident.annotated'))).toBeUndefined()
})
