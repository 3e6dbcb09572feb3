/** What each exit code of a playbook means. */
export const exitCodes = {
  0: 'done, or nothing to do',
  1: 'refused before any host was touched',
  2: 'a host failed',
  3: 'changed, or would change (--detailed-exitcode)',
  4: 'a host was unreachable',
  130: 'interrupted',
} as const

export type ExitCode = keyof typeof exitCodes

/** How a run that touched hosts came out. */
export interface Ending {
  readonly interrupted: boolean
  readonly unreachable: boolean
  readonly failed: boolean
  /** Something changed, would change, or may. */
  readonly changed: boolean
  /** `--detailed-exitcode`. */
  readonly detailed: boolean
}

/** An interrupt wins, then 4 over 2 over 3. */
export function exitCode({ interrupted, unreachable, failed, changed, detailed }: Ending): ExitCode {
  if (interrupted) return 130
  if (unreachable) return 4
  if (failed) return 2
  return detailed && changed ? 3 : 0
}
