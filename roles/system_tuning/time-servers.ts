import type { TuningContext } from './context.ts'

export const ntpPort = 123

/** Whom the clocks follow; undefined where the system's own configuration says so. */
export function timeServers({ host, vars, shared, group }: TuningContext): readonly string[] | undefined {
  if (vars.timeServers.length > 0) return vars.timeServers
  const first = group('server')[0] ?? group('all')[0] ?? host
  return shared.cluster.offline ? [first.name] : undefined
}
