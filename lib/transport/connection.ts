import type { Readable, Writable } from 'node:stream'

/** How a program on a host ended. `lost` is neither success nor failure: nobody knows. */
export type Exit =
  | { readonly how: 'exited'; readonly code: number }
  | { readonly how: 'killed'; readonly signal: string }
  | { readonly how: 'lost'; readonly why: string }

/** One running program on a host: three byte streams, both outputs of which have to be read, and its end. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once the program itself is gone, while bytes of it, or of what it left behind, may still come. */
  readonly exited: Promise<void>
  /** Comes after the last byte. */
  readonly ended: Promise<Exit>
  /** Gives the program up without asking how it ended. */
  close(): void
}

export interface OpenOptions {
  /** Passes by those who wait for a free channel: for what ends a program that holds one. */
  readonly urgent?: boolean
  /** Gives it a terminal, in which its two outputs are one, and reserves a second channel for its bytes. */
  readonly terminal?: boolean
  /** The second channel of one with a terminal. */
  readonly reserved?: boolean
}

/** Anything that can start a program on a host: an ssh connection, this machine, a command that gives a shell. */
export interface Connection {
  /** For messages: `ssh root@10.0.0.1:22`, `local`. */
  readonly title: string
  /** Starts a POSIX shell command line as the login user. */
  open(program: string, options?: OpenOptions): Promise<Channel>
  /** Resolves with the reason once the connection is gone, whoever ended it. */
  readonly gone: Promise<string>
  close(): Promise<void>
}

/** Makes a new connection; called again after contact was lost. Throws `Unreachable`, whose reason says if that helps. */
export type Dial = () => Promise<Connection>
