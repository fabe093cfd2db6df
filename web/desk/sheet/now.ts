import { useEffect, useState } from 'preact/hooks'

/** Seconds since 1970, by the clock of this device. */
export const now = (): number => Math.floor(Date.now() / 1000)

/** The same, kept up to date. */
export const useNow = (): number => {
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return time
}
