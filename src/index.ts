/** What plugin authors import, as `foobot`. */
export { z } from 'zod'
export { type Secret, secret } from '#config/secret.ts'
export type { Argument } from '#core/command/argument.ts'
export { date, duration, group, int, number, oneOf, person, quarter, text, url, word } from '#core/command/argument.ts'
export {
  type DateOrder,
  dateOrder,
  dayAt,
  endOfDay,
  lastDay,
  quarterSpan,
  startOfDay,
  timeZone,
  writtenDay,
} from '#core/command/calendar.ts'
export type { Command, CommandDeclaration, PluginDeclaration } from '#core/command/declare.ts'
export { plugin } from '#core/command/declare.ts'
export type { Face, PersonPicture } from '#core/command/picture.ts'
export type {
  Inspected,
  KnownPerson,
  Plugin,
  Program,
  ProgramOptions,
  ProgramResult,
} from '#core/command/plugin.ts'
export { seconds } from '#core/command/seconds.ts'
export type { Delivery, HmacOptions, Verified, Verifier } from '#core/command/verifier.ts'
export { hmacSha256, sharedSecret } from '#core/command/verifier.ts'
export type { Webhook, WebhookCall, WebhookDeclaration, WebhookEvent } from '#core/command/webhook.ts'
export type { Block, Sayable } from '#core/reply/reply.ts'
export { charactersOf, cut } from '#core/text/cut.ts'
export { cutBytes } from '#core/text/cut-bytes.ts'
export { cutStart } from '#core/text/cut-start.ts'
export { line, oneLine } from '#core/text/one-line.ts'
export { readPinned } from '#runner/pinned-files.ts'
export type { Asking, Signable, VendorAnswer, VendorOptions } from '#vendor/vendor.ts'
export { Vendor } from '#vendor/vendor.ts'
export { VendorError, type VendorFailure } from '#vendor/vendor-error.ts'
export { vendorTimeLimit, vendorUrl } from '#vendor/vendor-url.ts'
