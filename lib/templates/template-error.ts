/** A template that cannot be rendered; names its place and the expression. It never quotes a value. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly file: string
  readonly line?: number
  readonly advice: string
  constructor(at: { file: string; line?: number }, message: string, advice: string, options?: ErrorOptions) {
    super(`${at.file}${at.line === undefined ? '' : `:${at.line}`}: ${message}`, options)
    this.file = at.file
    if (at.line !== undefined) this.line = at.line
    this.advice = advice
  }
}
