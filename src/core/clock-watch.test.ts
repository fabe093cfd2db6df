import { beforeEach, describe, expect, it } from 'vitest'
import { ClockWatch } from './clock-watch.ts'

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

let wall: number
let monotonic: number
let watch: ClockWatch
beforeEach(() => {
  wall = Date.UTC(2026, 0, 5)
  monotonic = 12_345
  watch = new ClockWatch({ wall: () => wall, monotonic: () => monotonic })
})

/** Time goes by on both clocks, looked at each second. */
const pass = (milliseconds: number): void => {
  for (let left = milliseconds; left > 0; left -= second) {
    wall += second
    monotonic += second
    watch.look()
  }
}

describe('a clock that keeps step', () => {
  it('is right at once, and confirmed after a minute', () => {
    expect(watch.look()).toEqual({ now: wall, isConfirmed: false })
    pass(59 * second)
    expect(watch.look().isConfirmed).toBe(false)
    pass(second)
    expect(watch.look()).toEqual({ now: wall, isConfirmed: true })
  })

  it('may be off by 30 seconds, and no more', () => {
    wall += 30 * second
    expect(watch.wrong()).toBeUndefined()
    wall += 1
    expect(watch.wrong()).toBe(
      'the machine’s clock jumped 30 s ahead: set it right. It is believed again when it is back, or has kept step for 5 minutes',
    )
  })

  it('is corrected by a time service for years without a jump', () => {
    for (let hours = 0; hours < 1000; hours++) {
      wall += 60 * minute + 20 * second
      monotonic += 60 * minute
      expect(watch.look().jumped).toBeUndefined()
    }
    expect(watch.look().isConfirmed).toBe(true)
  })
})

describe.each([
  ['ahead', day],
  ['back', -day],
])('a clock that jumps a day %s', (_, jump) => {
  beforeEach(() => pass(2 * minute))

  it('is wrong until it is back, and none of its times is confirmed', () => {
    wall += jump
    expect(watch.look()).toEqual({ now: wall, jumped: jump / second, isConfirmed: false })
    pass(2 * second)
    expect(watch.look().isConfirmed).toBe(false)
    wall -= jump
    expect(watch.look()).toEqual({ now: wall, isConfirmed: true })
  })

  it('is believed again once it has kept step there for five minutes', () => {
    wall += jump
    watch.look()
    pass(5 * minute - second)
    expect(watch.look().jumped).toBe(jump / second)
    pass(second)
    expect(watch.look()).toEqual({ now: wall, isConfirmed: true })
  })

  it('is not believed while it goes on jumping', () => {
    for (let times = 0; times < 10; times++) {
      wall += jump
      watch.look()
      pass(4 * minute)
      expect(watch.look().jumped).toBe(((times + 1) * jump) / second)
    }
  })
})

describe('a clock that was wrong at the start', () => {
  it('confirms nothing of the wrong time where it is set within a minute, and is believed five minutes later', () => {
    pass(2 * second)
    wall -= day
    expect(watch.look().isConfirmed).toBe(false)
    pass(5 * minute - second)
    expect(watch.look().jumped).toBe(-day / second)
    pass(second)
    expect(watch.look()).toEqual({ now: wall, isConfirmed: true })
  })
})

describe('a clock that stands still', () => {
  it('is wrong after 30 seconds, for as long as it stands', () => {
    pass(minute)
    for (let seconds = 0; seconds < 3600; seconds++) {
      monotonic += second
      if (seconds < 30) expect(watch.look().jumped).toBeUndefined()
      else expect(watch.look().jumped).toBe(-(seconds + 1))
    }
    wall += 3600 * second
    expect(watch.wrong()).toBeUndefined()
  })
})

describe('a machine that was suspended', () => {
  it('whose monotonic time stood still, comes back by itself', () => {
    pass(minute)
    wall += 8 * 60 * minute
    expect(watch.wrong()).toContain('jumped 28800 s ahead')
    pass(5 * minute)
    expect(watch.wrong()).toBeUndefined()
  })
})
