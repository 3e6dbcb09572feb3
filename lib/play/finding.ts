/** What was found out about a host that matters to its user. */
export interface Finding {
  readonly check: string
  /** `fatal` stops the run, `fix` names the task that mends it, `warning` is for the user to judge. */
  readonly class: 'fatal' | 'fix' | 'warning'
  readonly found: string
  readonly wanted: string
  readonly message: string
  readonly advice: string
}
