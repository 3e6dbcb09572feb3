/**
 * Why a host cannot be worked with; only `network` may pass by itself, so only that is tried again. `taken`: while it
 * was booted, somebody else began to work on it.
 */
export type UnreachableReason = 'network' | 'hostkey' | 'auth' | 'become' | 'shell' | 'settings' | 'taken'

/** The host cannot be reached, or not be worked on as asked: it leaves the run. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly reason: UnreachableReason
  /** What the user can do about it. */
  readonly advice: string
  constructor(reason: UnreachableReason, message: string, advice: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.advice = advice
  }
}

/** Contact ended while a command ran: it may have been carried out or not, so whoever asked has to look again. */
export class ContactLost extends Error {
  override readonly name = 'ContactLost'
}

/** A command did not end in its time and was killed on the host. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}
