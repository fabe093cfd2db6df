/**
 * A graph brings its own dark ground, so that it reads the same in a light chat and in a dark one. All colours on it have
 * a contrast of 4.5 and more.
 */
export const ground = '#14171d'
export const edge = '#2b313c'
export const grid = '#272c36'
export const axis = '#454d5c'
export const ink = '#eef1f6'
export const quiet = '#9aa4b5'

/** Lines, told apart by most eyes; neighbours differ in lightness, too. */
export const lines = [
  '#5aa7ff',
  '#ffb54c',
  '#3fd6a4',
  '#ff7d9c',
  '#bd9bff',
  '#ecd957',
  '#63dcf0',
  '#ff9266',
  '#a5d65f',
  '#c3ccd9',
] as const
