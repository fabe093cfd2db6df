import { useRef, useState } from 'preact/hooks'
import { deliver } from '../deliver.ts'
import { NotSigned, signWithPasskey } from '../passkey.ts'
import { type Asked, consentTo, type Role } from '../statement/consent.ts'
import type { Envelope } from '../statement/envelope.ts'
import { lifeOf } from '../statement/life.ts'
import { useSawAll, useSettled } from './attention.ts'
import { headingOf } from './heading.ts'
import { now, useNow } from './now.ts'
import { Page } from './page.tsx'
import { StatementLines } from './statement-lines.tsx'
import { TierBadge } from './tier-badge.tsx'

type ConsentProps = {
  readonly asked: Asked
  readonly code: string
  readonly role: Role
  /** Where the consent is handed in. */
  readonly server: string
}

type Stage =
  | { readonly at: 'reading'; readonly problem?: string; readonly signed?: Envelope }
  | { readonly at: 'signing' }
  | { readonly at: 'ended'; readonly title: string; readonly say: string; readonly command?: string }

/** A statement to read, and to say yes to or not. */
export const ConsentSheet = ({ asked, code, role, server }: ConsentProps) => {
  const [stage, setStage] = useState<Stage>({ at: 'reading' })
  const lines = useRef<HTMLDivElement>(null)
  const bar = useRef<HTMLElement>(null)
  const sawAll = useSawAll(lines, bar)
  const settled = useSettled(sawAll)
  const life = lifeOf(asked.statement, useNow())
  const heading = headingOf(asked.statement, role)

  if (stage.at === 'ended') return <Ended {...stage} code={code} />

  const mayAnswer = life.alive && settled && stage.at === 'reading'
  const yes = async (): Promise<void> => {
    // A disabled button stops fingers, and no event that something made up.
    if (!mayAnswer) return
    const { signed } = stage
    setStage({ at: 'signing' })
    setStage(await signAndSend(asked, role, server, signed))
  }
  const no = (): void =>
    setStage({
      at: 'ended',
      title: 'Nothing was signed',
      say: 'From this page nothing happens. To end the request for everybody, say in the room:',
      command: `Foobot ${heading.end} ${code}`,
    })

  return (
    <Page
      title={heading.title}
      barRef={bar}
      bar={
        <>
          <p class="status" role="status" id="status">
            {life.alive ? statusOf(stage, sawAll, settled) : life.say}
          </p>
          <div class="choices">
            <button type="button" onClick={no}>
              {heading.no}
            </button>
            <button type="button" class="yes" disabled={!mayAnswer} aria-describedby="status" onClick={yes}>
              {stage.at === 'reading' && stage.signed ? 'Send it again' : heading.yes}
            </button>
          </div>
        </>
      }
    >
      <p class="lead">{heading.lead}</p>
      <p class="facts">
        <TierBadge tier={asked.statement.tier} />
        <span>
          Code <b class="code">{code}</b>
        </span>
        <span>{life.say}</span>
      </p>
      <div class="statement" ref={lines}>
        <StatementLines statement={asked.statement} />
      </div>
    </Page>
  )
}

const Ended = ({ title, say, command, code }: Extract<Stage, { at: 'ended' }> & { readonly code: string }) => (
  <Page title={title}>
    <div role="status">
      <p class="lead">{say}</p>
      {command && <p class="say">{command}</p>}
      <p class="note">{command ? 'You' : `This was ${code}. You`} can close this page.</p>
    </div>
  </Page>
)

const statusOf = (stage: Stage, sawAll: boolean, settled: boolean): string => {
  if (stage.at === 'signing') return 'Your device asks for your passkey.'
  if (stage.at === 'reading' && stage.problem) return stage.problem
  if (!sawAll) return 'Scroll through all of it first.'
  return settled ? 'Your passkey is asked for next.' : 'One moment.'
}

/** @param signed a consent that may not have arrived: it is handed in again, and not signed anew */
const signAndSend = async (asked: Asked, role: Role, server: string, signed?: Envelope): Promise<Stage> => {
  let envelope = signed
  try {
    envelope ??= await signWithPasskey('consent', await consentTo(asked, role, now()))
    const { accepted, say } = await deliver(server, envelope)
    return { at: 'ended', title: accepted ? 'Signed' : 'Signed, and not accepted', say }
  } catch (error) {
    if (error instanceof NotSigned || !envelope) return { at: 'reading', problem: sentenceOf(error) }
    return {
      at: 'reading',
      problem: `Signed, but ${server} gave no answer. It is safe to send it again.`,
      signed: envelope,
    }
  }
}

const sentenceOf = (error: unknown): string =>
  error instanceof NotSigned ? error.message : `Something broke in this page, and nothing was signed: ${String(error)}`
