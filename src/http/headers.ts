/** What every response carries, whoever writes it: nothing here may be framed, sniffed, cached or run as a script. */
export const secureHeaders = (publicUrl: string | undefined): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), publickey-credentials-get=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  ...(publicUrl?.startsWith('https://') && { 'strict-transport-security': 'max-age=31536000' }),
})
