import type { StampedEvent } from './events.ts'

/** Where events go: a terminal, a stream of JSON, a file. */
export interface Sink {
  /** Names it in a message, when it takes no more events: `the log file run.log`. */
  readonly name: string
  write(event: StampedEvent): void
  /** Leaves the terminal to a question until the returned function is called. */
  suspend?(): () => void
  close?(): void
}

/** The part of a stream that a sink needs. */
export interface Writable {
  write(text: string): unknown
}
