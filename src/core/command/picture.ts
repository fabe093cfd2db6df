/** The picture of a person in the company's folder. */
export type PersonPicture = {
  /** In the company's folder, as `pictures/mansel.png`. */
  readonly file: string
  readonly mediaType: 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
  readonly face?: Face
}

/**
 * Where a face is in a picture, in points from its upper left corner: the place between nose and mouth, how wide the face is there,
 * and by how many degrees the head leans to its left as one sees it (clockwise).
 */
export type Face = { readonly x: number; readonly y: number; readonly width: number; readonly tilt: number }
