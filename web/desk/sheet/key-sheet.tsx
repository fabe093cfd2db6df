import { useRef, useState } from 'preact/hooks'
import { makePasskey, NotSigned, signWithPasskey } from '../passkey.ts'
import { type Bytes, base64url, hex, utf8 } from '../statement/bytes.ts'
import { keyAddOf, macOf, type Owner, spokenKey } from '../statement/key-add.ts'
import { useSawAll, useSettled } from './attention.ts'
import { now } from './now.ts'
import { Page } from './page.tsx'

type KeyProps = {
  readonly owner: Owner
  /** Of the link, 16 bytes. */
  readonly secret: Bytes
}

/** What the terminal that made the link is waiting for. */
type Made = { readonly text: string; readonly spoken: string }

type Stage =
  | { readonly at: 'asking'; readonly problem?: string }
  | { readonly at: 'making' }
  | ({ readonly at: 'made' } & Made)

/** A new passkey for somebody. */
export const KeySheet = ({ owner, secret }: KeyProps) => {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  const lines = useRef<HTMLDivElement>(null)
  const bar = useRef<HTMLElement>(null)
  const sawAll = useSawAll(lines, bar)
  const settled = useSettled(sawAll)

  if (stage.at === 'made') return <Done owner={owner} text={stage.text} spoken={stage.spoken} />

  const mayMake = sawAll && settled && stage.at === 'asking'
  const make = async (): Promise<void> => {
    if (!mayMake) return
    setStage({ at: 'making' })
    try {
      setStage({ at: 'made', ...(await newKey(owner, secret)) })
    } catch (error) {
      setStage({ at: 'asking', problem: error instanceof NotSigned ? error.message : String(error) })
    }
  }

  return (
    <Page
      title={`A new passkey for ${owner.person}`}
      barRef={bar}
      bar={
        <>
          <p class="status" role="status" id="status">
            {stage.at === 'making' ? 'Your device asks twice: to make it, and to sign with it.' : (stage.problem ?? '')}
          </p>
          <div class="choices">
            <button type="button" class="yes" disabled={!mayMake} aria-describedby="status" onClick={make}>
              Make the passkey
            </button>
          </div>
        </>
      }
    >
      <p class="lead">
        Whoever holds it can sign as {owner.person}. Make it only if you are {owner.person}, and have just run{' '}
        <code>foobot key add</code> yourself. If somebody else sent you this link, close the page and tell an
        administrator.
      </p>
      <div class="statement" ref={lines}>
        <section>
          <h2>The new key</h2>
          <dl>
            {[
              ['person', owner.person],
              ['deployment', owner.deployment],
              ['works at', location.origin],
            ].map(([name, value]) => (
              <div class="line" key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Page>
  )
}

const Done = ({ owner, text, spoken }: Made & { readonly owner: Owner }) => {
  const [copied, setCopied] = useState('')
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied('Copied.'),
      () => setCopied('It could not be copied: select it and copy it yourself.'),
    )
  }
  return (
    <Page title="The passkey is made">
      <p class="lead" role="status">
        It counts for nothing yet: your terminal has to sign for it. Paste this text where <code>foobot key add</code>{' '}
        is waiting, and nowhere else.
      </p>
      <textarea class="handover" readOnly aria-label="Text for the terminal" rows={5} value={text} />
      <div class="choices">
        <span class="status" role="status">
          {copied}
        </span>
        <button type="button" class="yes" onClick={copy}>
          Copy
        </button>
      </div>
      <section>
        <h2>If colleagues vouch for you</h2>
        <p>Read them these twenty characters. They type them, and so add the key of {owner.person} and no other.</p>
        <p class="say">{spoken.match(/.{5}/g)?.join(' ')}</p>
      </section>
    </Page>
  )
}

const newKey = async (owner: Owner, secret: Bytes): Promise<Made> => {
  const { id, key } = await makePasskey(owner)
  const body = keyAddOf(owner, key, now())
  const envelope = await signWithPasskey('key-add', body, id)
  const mac = hex(await macOf(secret, body))
  return { text: base64url(utf8(JSON.stringify({ envelope, mac }))), spoken: await spokenKey(key) }
}
