/** What a secret has before or around it that nobody configured. Each pattern is linear in the length of the text. */
const forms: readonly RegExp[] = [
  /-----BEGIN ([A-Z ]{0,32}PRIVATE KEY)-----[A-Za-z0-9+/=\s]*(-----END \1-----)?/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
]

/**
 * An address with a user, and perhaps a password: `postgres://user:password@host`. What looks like a port begins no password.
 * A password may hold an `@` where it holds no `/`, and a `/` where it holds no `@`.
 */
const address =
  /\b([a-z][a-z0-9+.-]{1,15}:(?:\/\/|\\\/\\\/))([^\s/\\@:?#"'<>]{0,256})(?::(?!\d{1,5}(?:[/?#\s"'<>]|$))([^\s/@"'<>]{1,256}(?:@[^\s/@"'<>]{1,256}){0,8}|[^\s@"'<>]{0,256}))?@/gi

/** A user's name has words; a token has a long row of letters and digits, or the form of a UUID. */
const token = /(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i
/** Where a token stands for the user, some put this for the password. */
const noPassword = 'x-oauth-basic'

/** A text without what has the form of a secret. */
export const withoutForms = (text: string, mark: string): string =>
  forms
    .reduce((left, form) => left.replace(form, mark), text)
    .replace(address, (whole: string, scheme: string, user: string, password: string | undefined) => {
      if (user === mark || token.test(user) || password === noPassword) return `${scheme}${mark}@`
      return password ? `${scheme}${user}:${mark}@` : whole
    })
