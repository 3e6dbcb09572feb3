/** A wrong input of the user, refused before any host was touched: exit code 1. */
export class UserError extends Error {
  override readonly name: string = 'UserError'
  /** What the user can do about it. */
  readonly advice: string
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options)
    this.advice = advice
  }
}
