/** What programs and terminals read differently, or nobody sees. In JSON it stands in texts alone. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** A value as one line of JSON that shows all there is: controls and what nobody sees are escaped. */
export const jsonLine = (value: unknown): string => escapedJson(JSON.stringify(value))

/** The same of JSON that is written already. */
export const escapedJson = (json: string): string =>
  json.replace(hidden, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
