import { Option } from 'commander'

/** `--data`, the one way that all subcommands take it. */
export const dataOption = (description = 'the data folder'): Option =>
  new Option('--data <dir>', description).env('FOOBOT_DATA').default('./data')

/** `--server`, the one way that all subcommands take it. */
export const serverOption = (): Option =>
  new Option('--server <url>', 'where the server is').env('FOOBOT_SERVER').default('http://127.0.0.1:8080')
