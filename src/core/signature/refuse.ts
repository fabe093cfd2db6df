import { FoobotError } from '#core/errors.ts'

/** @throws FoobotError `signature-refused`, always */
export const refuseSignature = (reason: string): never => {
  throw new FoobotError('signature-refused', `signature: ${reason}`)
}

/**
 * Runs a reader of foreign bytes: whatever it throws, a too short or malformed signature included, refuses.
 * @throws FoobotError `signature-refused`
 */
export const refusing = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'signature-refused') throw error
    return refuseSignature(error instanceof Error ? error.message : String(error))
  }
}
