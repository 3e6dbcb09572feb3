/** Something could not be had from any of its addresses. */
export class ArtifactFailed extends Error {
  override readonly name = 'ArtifactFailed'
  readonly advice: string
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options)
    this.advice = advice
  }
}
