import type { Message } from './platform.ts'

/** Who is counted: a person, or the account of somebody who is nobody. */
export const whoOf = ({ conversation, account }: Pick<Message, 'conversation' | 'account'>, person?: string): string =>
  JSON.stringify(
    person === undefined ? ['account', conversation.platform, account.tenant, account.id] : ['person', person],
  )
