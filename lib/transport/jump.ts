import { Unreachable } from './errors.ts'

/** A jump host as `-J` and ProxyJump name it. */
export interface Jump {
  readonly host: string
  readonly user?: string
  readonly port?: number
}

/** Reads `[user@]host[:port]`, an IPv6 address in brackets, or the same as `ssh://…`. */
export function readJump(written: string): Jump {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@/[\]]+))(?::(\d+))?\/?$/i.exec(written) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port ?? 22) > 65_535) {
    throw new Unreachable(
      'settings',
      `The jump host "${written}" cannot be read.`,
      'Write [user@]host[:port] in -J or ProxyJump, several with commas between them, the nearest first.',
    )
  }
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}
