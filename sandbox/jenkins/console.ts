import { type Build, type Job, user } from './builds.ts'

/** What a build has printed so far: each of its job's steps in its part of the time. */
export const logOf = (build: Build, { steps }: Job, now: number): string => {
  const until = build.result === null ? now : Math.min(now, build.ends)
  const part = Math.min(1, Math.max(0, (until - build.starts) / Math.max(1, build.due - build.starts)))
  const reached = Math.min(steps.length, Math.floor(part * steps.length) + 1)
  const lines = [
    `Started by user ${user}`,
    `Building in workspace /var/lib/jenkins/workspace/${build.job}`,
    ...steps.slice(0, reached).map((step) => filled(step, build.parameters)),
  ]
  if (build.result === 'FAILURE')
    lines.push('FAILED: 3 of 412 tests', "Build step 'Execute shell' marked build as failure")
  if (build.result === 'ABORTED') lines.push('Build was aborted', `Aborted by ${user}`)
  if (build.result !== null) lines.push(`Finished: ${build.result}`)
  return `${lines.join('\n')}\n`
}

const filled = (step: string, parameters: Readonly<Record<string, string>>): string =>
  step.replace(/\$([A-Z_]+)/g, (_, name: string) => parameters[name] ?? '')
