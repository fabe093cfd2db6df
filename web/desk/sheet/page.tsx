import type { ComponentChildren, RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

type PageProps = {
  readonly title: string
  readonly children: ComponentChildren
  /** What can be done, at the foot of the window. */
  readonly bar?: ComponentChildren
  readonly barRef?: RefObject<HTMLElement | null>
}

/** One sheet: where we are, what it is, what can be done. */
export const Page = ({ title, children, bar, barRef }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Foobot desk`
  }, [title])
  return (
    <div class="page">
      <header class="top">
        <span class="brand">
          <img src="/icon.svg" alt="" width="20" height="20" /> Foobot desk
        </span>
        <span class="address">{location.host}</span>
      </header>
      <main>
        <h1>{title}</h1>
        {children}
      </main>
      {bar && (
        <footer class="bar" ref={barRef ?? null}>
          <div class="bar-inner">{bar}</div>
        </footer>
      )}
    </div>
  )
}
