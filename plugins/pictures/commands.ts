import { plugin } from 'foobot'
import { withMustache } from './compose.ts'

export default plugin('pictures', {
  summary: 'Pictures of people, for fun',
  commands: (command) => [
    command('mustache-me <who:person...>', {
      summary: 'Give somebody a mustache',
      tier: 'open',
      example: 'mustache-me Michael Ansel',
      run({ args, person }) {
        const who = person(args.who)
        if (!who) throw new Error('They are nobody in this company any more.')
        if (!who.picture)
          throw new Error(`I have no picture of ${who.name}: an administrator can put one into the company’s folder.`)
        const data = withMustache(who.picture).toString('base64')
        return { type: 'picture', mediaType: 'image/png', data, alt: `${who.name}, with a mustache` }
      },
    }),
  ],
})
