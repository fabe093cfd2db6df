import { hasColour } from '../paint.ts'
import { askTerminal, type CellSize, type TerminalSays } from './ask-terminal.ts'
import { isInForeground } from './foreground.ts'

/** How pictures are shown in a terminal. */
export type Way =
  | { readonly type: 'kitty' | 'sixel'; readonly cell: CellSize }
  | { readonly type: 'half-blocks'; readonly colours: 'true' | '256' }
  | { readonly type: 'words' }

export type Terminal = {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: NodeJS.ProcessEnv
}

/** A cell of most terminals, in points. */
const usualCell: CellSize = { width: 10, height: 20 }
/** Programs that speak kitty's protocol and say who they are. */
const kittyPrograms = ['WezTerm', 'ghostty']
const kittyTerms = ['xterm-kitty', 'xterm-ghostty']
/** What does not pass over a question that it does not know, but prints it. */
const neverAsked = /^(linux|dumb|vt\d+.*|cons25.*)$/

/**
 * The best way that this terminal has: asked of it, where it can answer within a moment, and of the environment. A terminal in a
 * terminal (tmux, screen) passes pictures on to nobody: there, and where nothing is answered, it is half blocks.
 */
export const wayOf = async ({ input, output, environment }: Terminal): Promise<Way> => {
  if (!hasColour(output, environment)) return { type: 'words' }
  const { TERM = '', TERM_PROGRAM = '', TMUX, STY } = environment
  const isInner = Boolean(TMUX || STY) || /^(tmux|screen)/.test(TERM)
  if (isInner) return blocks(output, environment)
  const isKitty =
    kittyTerms.includes(TERM) || kittyPrograms.includes(TERM_PROGRAM) || Boolean(environment.KITTY_WINDOW_ID)
  const canAsk = input.isTTY === true && isInForeground() && !neverAsked.test(TERM) && TERM_PROGRAM !== 'Apple_Terminal'
  const said: TerminalSays = canAsk ? await askTerminal(input, output) : { kitty: false, sixel: false }
  const cell = said.cell ?? usualCell
  if (isKitty || said.kitty) return { type: 'kitty', cell }
  if (said.sixel) return { type: 'sixel', cell }
  return blocks(output, environment)
}

const blocks = (output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Way => {
  const depth = output.getColorDepth(environment)
  if (depth < 8) return { type: 'words' }
  return { type: 'half-blocks', colours: depth >= 24 ? 'true' : '256' }
}
