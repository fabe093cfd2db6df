/**
 * Every error that Foobot raises by name. The sentence is what a person may see; it says what to do next. The other
 * text, for the log, is the `detail` of the error itself. `docs/errors.md` explains each code, and a test holds the two
 * to each other.
 */
export const errorSentences = {
  internal: 'Something broke on my side, and nothing was done. Please tell an administrator.',
  'config-malformed': 'A configuration file is not complete. Correct what is named, and start again.',
  'company-malformed': 'The company folder is not complete. Correct what is named, and try again.',
  'bundle-file': 'A bundle on disk cannot be read. Activate it again from the signed folder.',
  'bundle-refused': 'That bundle is not one that I may trust. What I held before stays in force.',
  'bundle-expired': 'The bundle has expired. An administrator must sign a new one: foobot apply.',
  'policy-malformed':
    'A policy cannot be read. Run "foobot policy check", correct the policy, and sign the bundle again.',
  'policy-refused':
    'A policy is wrong, and a bundle must not be signed so. Run "foobot policy check", and correct what it names.',
  'policy-failed': 'I could not decide whether this is allowed, so it is not. Please tell an administrator.',
  'payload-malformed': 'What was sent is not in the form that I read. Use the same version of Foobot on both sides.',
  'key-malformed': 'That key cannot be used. Make a new one: ssh-keygen -t ed25519',
  'signature-refused': 'The signature does not hold. Sign again, with a key that the company lists for you.',
  'consent-senseless': 'That yes could never count, so it was not signed. Look at what waits: foobot requests.',
  'key-change-refused': 'That change of keys is refused. Nothing was added or removed.',
  'login-refused': 'I cannot let you in with that. Connect again, by the address that this server goes by.',
  'clock-skew': 'Your clock and mine differ by more than 30 seconds: set yours.',
  'machine-key': 'The key file of this process cannot be used. Look at its path and owner.',
  'key-file': 'The key file cannot be used. Give another with --key, or make one: ssh-keygen -t ed25519',
  'agent-failed': 'The ssh-agent gave no signature. Look at it with ssh-add -l, or give a key file with --key.',
  'no-key': 'I found no key to sign with. Give one with --key FILE, or load one into the agent: ssh-add',
  'note-malformed': 'That is no checkpoint of a log. Hand over the file as it was written.',
  'note-unsigned': 'That checkpoint is not signed by the log of this company. Ask an administrator which key is right.',
  'log-damaged': 'The log on disk is not what was written. Keep the folder as it is, and tell an administrator.',
  'log-forked':
    'The log is another than the one this checkpoint was taken from. Stop, keep both, and tell an administrator.',
  'log-unknown': 'The log holds nothing of that code. "foobot log tail" shows the last ones.',
  'proof-refused': 'That file does not prove what it says. Ask for it again, and tell an administrator.',
  'no-data': 'There is no database in that data folder. Give the right one with --data DIR.',
  'log-restored-old-copy':
    'The log files hold more than the database: an old copy was restored. Put the newest back, or go on from this one by "foobot restore".',
  'log-not-named':
    'A copy was restored here, and no bundle names its log yet. Administrators must sign the log that "foobot restore" wrote into company.yaml, by "foobot apply".',
  'runners-awaited':
    'Foobot was restored from a copy, and nobody signs in until every runner has handed in what it knows. An administrator sees at /readyz which ones are missing.',
  'restore-refused': 'That copy cannot be restored here. Give another, or the newest bundle with --bundle.',
  'data-folder-in-use':
    'Another Foobot server uses this data folder. Stop it first, or give another folder with --data.',
  'disk-trouble': 'A file cannot be written: the disk is full, or fails. Make room, or mend the disk.',
  'not-writable':
    'A file or folder cannot be opened or written. It must belong to the user that this process runs as, and be writable.',
  'data-newer': 'A newer Foobot wrote this data. Start that version or a newer one, or restore a copy from before.',
  'older-format':
    'An older Foobot, from before the first release, wrote this, and I cannot read it. Begin with a new data folder, or use the same version on both sides.',
  'data-damaged': 'The database is not what Foobot wrote. Restore the newest backup, and keep the old file to look at.',
  'claims-damaged':
    'The claims file is damaged, so I do not know what was run. Move it away, start the runner again, and have an administrator run "foobot runner reset".',
  'runner-folder-in-use': 'Another runner uses this folder. Stop it first, or give this one a folder of its own.',
  'plugin-refused':
    'A plugin cannot be loaded. Correct it or its part of the configuration file, and start the runner again.',
  'program-failed': 'A program could not be run to its end. Look at its system before you say it again.',
  'http-plain':
    'Plain http carries what people say for all to read. Listen on 127.0.0.1, or put a proxy with TLS before it and set publicUrl to its https address.',
  'public-url-malformed': 'publicUrl must be an origin and nothing more, as "https://foobot.acme.example".',
  'port-busy': 'I cannot listen on that port. Stop the program that uses it, or give another with --port.',
  'server-unreachable': 'I cannot reach the server. Start it with "npm start", or say where it is with --server URL.',
  'template-malformed': 'A command of a plugin is declared in a form that I cannot read. Correct its template.',
  'template-overlap': 'Two commands take the same line. Change the template of one of them.',
  'command-name-taken': 'A command has a name that it cannot have. Change the first words of its template.',
  'text-not-canonical': 'That text is not the one way to write its command. Say the command again.',
  'arguments-malformed': 'Those are not the arguments of that command. Say the command again.',
  'server-url': 'That is no address of a Foobot server. Give another with --server URL.',
  'socket-file': 'I cannot listen for runners there. Look at the path, and stop what uses it.',
  'log-key':
    'The log key on this machine is not the one that the bundle names. Put the right file back, or have the administrators sign a bundle that names this key.',
  'no-phone':
    'There is no sandbox phone of that person. Start the example company with "npm start", and say with --data where it is.',
  'phone-refused': 'The server does not wake that phone.',
} as const

export type ErrorCode = keyof typeof errorSentences

export class FoobotError extends Error {
  readonly code: ErrorCode
  /** The text that a person may see. */
  readonly say: string

  /**
   * @param code one of the table's
   * @param detail for the log: what exactly was wrong; may name values
   * @param say instead of the table's sentence, where a more precise one helps
   */
  constructor(code: ErrorCode, detail: string, say: string = errorSentences[code]) {
    super(detail)
    this.name = 'FoobotError'
    this.code = code
    this.say = say
  }
}
