/** What makes a drawn portrait somebody's own. Colours are as SVG writes them. */
export type Looks = {
  readonly ground: string
  readonly skin: string
  readonly hair: string
  readonly shirt: string
  readonly cut: 'short' | 'quiff' | 'bun' | 'long' | 'bob' | 'curls' | 'bald' | 'cap' | 'parted'
  readonly extra?: 'glasses' | 'round-glasses' | 'earrings' | 'freckles' | 'headset'
  /** Degrees by which the head leans, clockwise. */
  readonly tilt: number
  readonly mouth: 'smile' | 'grin' | 'calm'
}

/** The people of the example company, by id. */
export const people: Readonly<Record<string, Looks>> = {
  bianca: {
    ground: '#f6c6b0',
    skin: '#e8b48f',
    hair: '#4a2a1c',
    shirt: '#8c3b4a',
    cut: 'long',
    extra: 'earrings',
    tilt: -3,
    mouth: 'smile',
  },
  dean: {
    ground: '#b9d7c4',
    skin: '#8a5a3c',
    hair: '#1f1712',
    shirt: '#e6b23c',
    cut: 'short',
    extra: 'headset',
    tilt: 2,
    mouth: 'grin',
  },
  dora: {
    ground: '#d8c9ee',
    skin: '#f3cfb3',
    hair: '#c9ced6',
    shirt: '#4b4f8f',
    cut: 'bob',
    extra: 'round-glasses',
    tilt: 0,
    mouth: 'calm',
  },
  fiona: {
    ground: '#bfe0e6',
    skin: '#f5d3bd',
    hair: '#c2552d',
    shirt: '#2f6f63',
    cut: 'bun',
    extra: 'freckles',
    tilt: 4,
    mouth: 'smile',
  },
  irishwarhammer: {
    ground: '#c7d8a8',
    skin: '#f2c9ad',
    hair: '#9c3b1f',
    shirt: '#33402f',
    cut: 'curls',
    tilt: -4,
    mouth: 'grin',
  },
  jhand: {
    ground: '#f3dc9b',
    skin: '#edbf9a',
    hair: '#6b4a2b',
    shirt: '#2b5f8f',
    cut: 'quiff',
    extra: 'glasses',
    tilt: -2,
    mouth: 'smile',
  },
  mansel: {
    ground: '#a9cbef',
    skin: '#f0c4a2',
    hair: '#3a2c22',
    shirt: '#27313f',
    cut: 'parted',
    tilt: 3,
    mouth: 'smile',
  },
  sam: { ground: '#f2bfd0', skin: '#b07a50', hair: '#241a14', shirt: '#f4f1ea', cut: 'cap', tilt: -2, mouth: 'grin' },
  steve: {
    ground: '#d9d2c5',
    skin: '#d9a27c',
    hair: '#5a463a',
    shirt: '#6d8f4e',
    cut: 'bald',
    extra: 'glasses',
    tilt: 0,
    mouth: 'calm',
  },
}
