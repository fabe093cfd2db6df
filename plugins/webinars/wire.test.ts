import { describe, expect, it } from 'vitest'
import { messageIn, nextCursor, registrationsIn, webcastsIn } from './wire.ts'
import { readXml } from './xml.ts'

const read = (text: string) => readXml(text, 'BrightTALK')

describe('what BrightTALK answers', () => {
  it('is read field by field, with what is not public left out', () => {
    const page = read(`<?xml version="1.0" encoding="utf-8"?>
      <webcasts>
        <webcast id="5">
          <title>Ask us &amp; <![CDATA[<everybody>]]></title><start>2026-06-25T17:00:00Z</start><duration>3600</duration>
          <published>true</published><visibility>public</visibility><status>upcoming</status>
          <url>https://www.brighttalk.com/webcast/1/5</url>
          <categories><category>Webinars</category></categories>
          <link rel="self" href="https://api.brighttalk.com/v1/channel/1/webcast/5"/>
        </webcast>
        <webcast id="6"><published>false</published><visibility>public</visibility></webcast>
        <webcast id="7"><published>true</published><visibility>private</visibility></webcast>
        <link rel="next" href="https://elsewhere.example/v1/channel/1/webcasts?pageSize=2&amp;cursor=5-1376591689"/>
      </webcasts>`)
    expect(webcastsIn(page)).toEqual([
      {
        id: '5',
        title: 'Ask us & <everybody>',
        start: '2026-06-25T17:00:00Z',
        duration: '3600',
        status: 'upcoming',
        url: 'https://www.brighttalk.com/webcast/1/5',
      },
    ])
    expect(nextCursor(page)).toBe('5-1376591689')
  })

  it('may be empty', () => {
    expect(registrationsIn(read('<webcastRegistrations/>'))).toEqual([])
    expect(nextCursor(read('<webcastRegistrations/>'))).toBeUndefined()
  })

  it('may be a refusal', () => {
    expect(messageIn(read('<error><code>X</code><message>No.</message></error>'))).toBe('No.')
  })

  it('is refused where it is no XML, or asks to expand or to read what is not in it', () => {
    for (const text of [
      '<html>',
      '',
      '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ]) {
      expect(() => read(text)).toThrow('in a form that I do not know')
    }
  })

  it('with a webcast without its title is no answer', () => {
    const page = read(
      '<webcasts><webcast id="5"><published>true</published><visibility>public</visibility></webcast></webcasts>',
    )
    expect(() => webcastsIn(page)).toThrow()
  })
})
