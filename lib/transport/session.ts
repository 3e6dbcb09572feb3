import type { Readable, Writable } from 'node:stream'

/** What a command said: bytes as they came, bounded, with the tail kept. */
export interface Output {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** How many bytes were left out at the front of stdout. */
  readonly dropped: number
}

export interface RunOptions {
  /** The user to run as: the login user when absent. */
  readonly as?: string
  /** Kills the command on the host and throws `TimedOut`. */
  readonly timeoutMs?: number
}

export interface StreamOptions extends RunOptions {
  readonly input?: Readable | Buffer
  readonly output?: Writable
  /** Aborted, it kills the program on the host. */
  readonly signal?: AbortSignal
}

/** What a user sees of contact with a host. */
export type ContactEvent =
  | { readonly type: 'lost'; readonly why: string }
  | { readonly type: 'back'; readonly afterMs: number }

/**
 * A host to talk to for as long as a run lasts: one connection, over it one kept shell per user, to which commands
 * are pipelined; it reconnects by itself. A command that was under way when contact ended throws `ContactLost`;
 * a host that does not come back within the patience throws `Unreachable`.
 */
export interface Session {
  /** Runs a shell script in the kept shell of its user; several at once go out without waiting for each other. */
  run(script: string, options?: RunOptions): Promise<Output>
  /** Runs a program on a channel of its own, for bytes of any size in or out. */
  stream(program: string, options?: StreamOptions): Promise<Output>
  /** Ends once there is contact again; throws `Unreachable` when the patience is over. */
  contact(): Promise<void>
  /**
   * While the work is done, as long as a host boots: if it is lost, it may take so long to come back, and if it lets
   * nobody in or is not ready yet, it is asked again.
   */
  patiently<T>(patienceMs: number, work: () => Promise<T>): Promise<T>
  /** Whoever still works with it is told why. */
  close(why?: string): Promise<void>
}
