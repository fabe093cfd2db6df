import { describe, expect, it } from 'vitest'
import { DigitsQuestion, drawDigits } from './digits.ts'

/** A question whose numbers are 1001, 1002 and so on. */
const ask = (): DigitsQuestion => {
  let drawn = 1000
  return new DigitsQuestion('sign it', () => {
    drawn += 1
    return String(drawn)
  })
}

describe('a question with digits', () => {
  it('shows them, and takes them for a yes', () => {
    const question = ask()
    expect(question.prompt).toBe('Type 1001 to sign it, or n: ')
    expect(question.take('1001')).toBe('yes')
  })

  it.each(['', 'n', 'no', 'y', 'yes', '1001 ', '+1001', '1001\u200b', '１００１'])('takes %j for a no', (answer) => {
    expect(ask().take(answer)).toBe('no')
  })

  it('draws anew after a wrong number, and takes the third for a no', () => {
    const question = ask()
    expect(question.take('1002')).toBe('again')
    expect(question.prompt).toContain('1002')
    expect(question.take('1001')).toBe('again')
    expect(question.take('0')).toBe('no')
  })

  it('has four, which nobody foresees', () => {
    const drawn = Array.from({ length: 200 }, drawDigits)
    for (const digits of drawn) expect(digits).toMatch(/^\d{4}$/)
    expect(new Set(drawn).size).toBeGreaterThan(150)
  })
})
