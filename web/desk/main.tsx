import { render } from 'preact'
import { type Errand, readFragment } from './fragment.ts'
import { passkeysWork } from './passkey.ts'
import { ConsentSheet } from './sheet/consent-sheet.tsx'
import { KeySheet } from './sheet/key-sheet.tsx'
import { Notice } from './sheet/notice.tsx'
import './style.css'

/** Shows what the link asks. Nothing is signed, sent or asked of a passkey before somebody presses a button. */
const open = async (fragment: string) => {
  if (window.top !== window.self) {
    return <Notice title="Open this page by itself">It stands inside another page, where nothing is signed.</Notice>
  }
  if (!passkeysWork()) {
    return <Notice title="Passkeys do not work here">Open the link in a current browser, with https.</Notice>
  }
  try {
    return sheetFor(await readFragment(fragment))
  } catch (error) {
    return (
      <Notice title="That link cannot be signed">
        It is not as Foobot makes them: {error instanceof Error ? error.message : String(error)}. Ask for a new one, and
        tell an administrator if it is the same.
      </Notice>
    )
  }
}

const sheetFor = (errand: Errand) => {
  switch (errand.kind) {
    case 'consent':
      return <ConsentSheet {...errand} />
    case 'key':
      return <KeySheet {...errand} />
    case 'nothing':
      return (
        <Notice title="Nothing to sign">
          Foobot gives you a link when something waits for you. A link works once: open it again from where you got it.
        </Notice>
      )
  }
}

const fragment = location.hash.slice(1)
// What was handed over stays out of the history, and of what the address bar shows to others.
history.replaceState(null, '', location.pathname)
// Another link in the same window is another errand, from its beginning.
addEventListener('hashchange', () => location.reload())

const desk = document.getElementById('desk')
if (!desk) throw new Error('the page has no place for the desk')
render(await open(fragment), desk)
