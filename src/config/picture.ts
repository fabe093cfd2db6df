import type { Face, PersonPicture } from '#core/command/picture.ts'

/** Bytes of one picture, at most: a portrait of some hundred points. All of them travel with the bundle. */
export const largestPicture = 64 * 1024

const kinds = [
  ['.png', 'image/png', '\u0089PNG\r\n\u001a\n'],
  ['.jpg', 'image/jpeg', '\u00ff\u00d8\u00ff'],
] as const

/** A person's picture, or what is wrong with it. */
export const pictureOf = (
  { file, face }: { readonly file: string; readonly face?: Face },
  bytes: Uint8Array | undefined,
): PersonPicture | string => {
  if (!bytes) return `picture: there is no ${file}: put it there, or take the picture out`
  if (bytes.length > largestPicture) return `picture: ${file} has ${bytes.length} bytes, at most ${largestPicture}`
  const begins = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  const kind = kinds.find(([ending, , beginning]) => file.endsWith(ending) && begins.startsWith(beginning))
  if (!kind) return `picture: ${file} is not what its name says: save it as PNG or JPEG`
  return { file, mediaType: kind[1], bytes, ...(face && { face }) }
}
