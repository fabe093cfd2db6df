/** What stands on a command line, by slot name: the type of each follows from its slot. */
export type Arguments = Readonly<Record<string, unknown>>
