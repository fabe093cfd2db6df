import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { alsoSeen, type Span, sawAll } from '../reading.ts'

/** Milliseconds between having seen all of it and being able to say yes. */
const pause = 1_000

/**
 * True once every part of an element was in the window, above the bar at its foot. When it is laid out anew before
 * that, what was seen is forgotten: it may stand elsewhere now.
 */
export const useSawAll = (element: RefObject<HTMLElement | null>, bar: RefObject<HTMLElement | null>): boolean => {
  const [all, setAll] = useState(false)
  useEffect(() => {
    const shown = element.current
    if (!shown || all) return
    let seen: readonly Span[] = []
    const look = (): void => {
      if (document.visibilityState !== 'visible') return
      const { top, height } = shown.getBoundingClientRect()
      const { ceiling, floor } = windowOf(bar.current)
      seen = alsoSeen(seen, { from: Math.max(0, ceiling - top), to: Math.min(height, floor - top) })
      if (sawAll(seen, height)) setAll(true)
    }
    const anew = new ResizeObserver(() => {
      seen = []
      look()
    })
    anew.observe(shown)
    const stop = listen(look, [
      [window, 'scroll'],
      [window, 'resize'],
      [document, 'visibilitychange'],
      ...(visualViewport
        ? ([
            [visualViewport, 'scroll'],
            [visualViewport, 'resize'],
          ] as const)
        : []),
    ])
    return () => {
      anew.disconnect()
      stop()
    }
  }, [all])
  return all
}

/**
 * True a second after `begun`, and again a second after this window came back to the front: a press that was meant for
 * something else must not be a yes.
 */
export const useSettled = (begun: boolean): boolean => {
  const [settled, setSettled] = useState(false)
  useEffect(() => {
    if (!begun) return
    let timer = 0
    const wait = (): void => {
      setSettled(false)
      clearTimeout(timer)
      timer = setTimeout(() => setSettled(document.visibilityState === 'visible'), pause)
    }
    wait()
    const stop = listen(wait, [
      [window, 'focus'],
      [document, 'visibilitychange'],
    ])
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [begun])
  return settled
}

/** What of the layout is on the screen: less than the window where somebody has zoomed in. */
const windowOf = (bar: HTMLElement | null): { readonly ceiling: number; readonly floor: number } => {
  const ceiling = visualViewport?.offsetTop ?? 0
  const floor = ceiling + (visualViewport?.height ?? innerHeight)
  return { ceiling, floor: Math.min(floor, bar?.getBoundingClientRect().top ?? floor) }
}

const listen = (hear: () => void, events: readonly (readonly [EventTarget, string])[]): (() => void) => {
  for (const [target, name] of events) target.addEventListener(name, hear, { passive: true })
  return () => {
    for (const [target, name] of events) target.removeEventListener(name, hear)
  }
}
