import type { Outcome, Visit, Visited } from './script.ts'

/** Whom one works as there. */
export interface Reached {
  readonly user: string
}

/** Asks the host for its user: all the way there is gone for that, becoming another one as well. */
export async function reachThere({ session, as }: Visit): Promise<Outcome<Reached>> {
  const { code, stdout, stderr } = await session.run('id -un', as === undefined ? {} : { as })
  if (code === 0) return { is: 'ok', value: { user: stdout.toString().trim() } }
  return { is: 'failed', message: `"id -un" ended with ${code}: ${stderr.toString().trim()}` }
}

/** A row a host. */
export function reachTable(visited: readonly Visited<Reached>[]) {
  return visited.map(({ host, ms, outcome }) =>
    outcome.is === 'ok'
      ? { host, reached: 'yes', as: outcome.value.user, milliseconds: ms }
      : { host, reached: 'no', as: '', milliseconds: ms },
  )
}
