/** The size of one character, in points. */
export type CellSize = { readonly width: number; readonly height: number }

export type TerminalSays = { readonly kitty: boolean; readonly sixel: boolean; readonly cell?: CellSize }

/** Milliseconds for an answer: nearly all terminals answer the last question, and at once. */
const patience = 400
/** Bytes of an answer that are read. */
const most = 4096

/**
 * A picture of one point in kitty's protocol, only asked about; the size of a cell; the size of all of it, which xterm tells where
 * it does not tell the other; and, answered by all, what it is.
 */
const questions = '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\\u001b[16t\u001b[?2;1;0S\u001b[c'

const esc = '\u001b'
const answers = {
  kitty: new RegExp(`${esc}_Gi=31;([^${esc}]*)${esc}\\\\`),
  cell: new RegExp(`${esc}\\[6;(\\d{1,4});(\\d{1,4})t`),
  whole: new RegExp(`${esc}\\[\\?2;0;(\\d{1,5});(\\d{1,5})S`),
  what: new RegExp(`${esc}\\[\\?([\\d;]*)c`),
} as const
const sixelFeature = '4'

/** Asks a terminal what it can show. What its user types meanwhile is kept for who reads next. */
export const askTerminal = async (input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<TerminalSays> => {
  const wasRaw = input.isRaw === true
  input.setRawMode(true)
  const heard = await answerTo(input, () => output.write(questions))
  input.setRawMode(wasRaw)
  input.pause()
  const typed = Object.values(answers).reduce((left, answer) => left.replace(answer, ''), heard)
  if (typed !== '') input.unshift(Buffer.from(typed, 'latin1'))
  return readAnswer(heard, output)
}

export const readAnswer = (
  heard: string,
  { columns = 80, rows = 24 }: { readonly columns?: number; readonly rows?: number },
): TerminalSays => {
  const [, height, width] = answers.cell.exec(heard) ?? []
  const [, across, down] = answers.whole.exec(heard) ?? []
  const features = answers.what.exec(heard)?.[1]?.split(';').slice(1) ?? []
  const cell = [
    { width: Number(width), height: Number(height) },
    { width: Math.floor(Number(across) / columns), height: Math.floor(Number(down) / rows) },
  ].find(isSize)
  return {
    kitty: answers.kitty.exec(heard)?.[1] === 'OK',
    sixel: features.includes(sixelFeature),
    ...(cell && { cell }),
  }
}

const isSize = ({ width, height }: CellSize): boolean =>
  width >= 4 && width <= 100 && height >= width && height <= width * 3

const answerTo = (input: NodeJS.ReadStream, ask: () => void): Promise<string> =>
  new Promise((resolve) => {
    let heard = ''
    const hear = (bytes: Buffer): void => {
      heard += bytes.toString('latin1')
      if (answers.what.test(heard) || heard.length > most) end()
    }
    const end = (): void => {
      clearTimeout(timer)
      input.off('data', hear)
      resolve(heard)
    }
    const timer = setTimeout(end, patience)
    input.on('data', hear)
    input.resume()
    ask()
  })
