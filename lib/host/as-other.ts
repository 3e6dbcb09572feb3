import { CannotBecome } from './host.ts'
import type { Output } from '../transport/session.ts'
import { quote } from './command.ts'
import { printScript, wholeScript } from './write-script.ts'

const nobody = 113

/**
 * A script that root runs as somebody else. It is not run in a shell that is kept for that user: nobody can be
 * removed who has a process. It goes in by a pipe, since a command line is there for all to see.
 */
export function asOther(script: string, user: string): string {
  const word = quote(user)
  return [
    `id -u ${word} >/dev/null 2>&1 || { echo ${quote(noUser(user))} >&2; exit ${nobody}; }`,
    `{ ${printScript(Buffer.from(wholeScript(script)))}\n} | su -s /bin/sh -c 'exec sh' ${word}`,
  ].join('\n')
}

/** @throws when the script was not run, because there is no such user */
export function checkUser(host: string, user: string, { code, stderr }: Output): void {
  if (code !== nobody || stderr.toString().trim() !== noUser(user)) return
  throw new CannotBecome(
    `On ${host} there is no user ${user} that commands could run as. Create the user first.`,
  )
}

function noUser(user: string): string {
  return `troupe: there is no user ${user}`
}
