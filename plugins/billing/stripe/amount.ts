/** Currencies whose smallest unit is the whole one, and those with a thousandth: https://docs.stripe.com/currencies. */
const whole = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const thousandths = new Set('BHD JOD KWD OMR TND'.split(' '))

/**
 * Units of a currency, from what Stripe counts in.
 * @param currency upper case
 */
export const inUnits = (amount: number, currency: string): number => {
  if (whole.has(currency)) return amount
  return amount / (thousandths.has(currency) ? 1000 : 100)
}
