import { UserError } from '../errors.ts'
import { bootIdPath } from './boot.ts'
import type { Worker } from './host.ts'
import type { RunScript } from './lock.ts'
import { ourPaths, ourPathsUnder, type OurPaths } from './paths.ts'

/** As whom a host is worked on, and where that user keeps what is ours. */
export interface Footing {
  readonly worker: Worker
  readonly paths: OurPaths
}

export const rootFooting: Footing = {
  worker: { owner: 'root', group: 'root', isRoot: true },
  paths: ourPaths,
}

/** Asks a host on what footing it is worked on. */
export async function footingOf(host: string, run: RunScript): Promise<Footing> {
  const { stdout } = await run(whoScript)
  const [ids = '', home = '', owned = '', bootId = '', machine = ''] = stdout.toString().split('\n')
  const [, uid = '', owner = uid] = /^uid=(\d+)(?:\(([^)]+)\))?/.exec(ids) ?? []
  const [, gid = '', group = gid] = /\bgid=(\d+)(?:\(([^)]+)\))?/.exec(ids) ?? []
  if (uid === '') throw new Error(`"id" should tell who works on ${host}; it printed "${ids}".`)
  if (uid === '0') return rootFooting
  if (owned !== 'own' || bootId === '') throw homeless(host, owner, home)
  const persistent = `${home}/.local/state/troupe/${machine}`
  return {
    worker: { owner, group, isRoot: false },
    // /run/user/UID is no place for what passes with a boot: it goes with the last login, while a job goes on.
    paths: ourPathsUnder(persistent, `${persistent}/boot-${bootId}`),
  }
}

/** A home may be shared by several machines, so each has a folder of its own there. */
const whoScript = [
  'LC_ALL=C id; printf "%s\\n" "$HOME"',
  'if [ -O "$HOME" ] && [ -w "$HOME" ]; then echo own; else echo none; fi',
  `read -r boot <${bootIdPath}; echo "$boot"`,
  'machine=; [ ! -r /etc/machine-id ] || read -r machine </etc/machine-id; echo "${machine:-$(uname -n)}"',
].join('\n')

/** Whether what a host said means that only root may do this; a sentence that says what to do then. */
export function askForRoot({ owner, isRoot }: Worker, said: string): string | undefined {
  if (isRoot || !refused.test(said)) return undefined
  return (
    `${owner} may not do this there. Become root with --become (-b, or ansible_become=true), ` +
    'or log in as root (ansible_user=root).'
  )
}

const refused =
  /permission denied|operation not permitted|access denied|must be (run as )?root|are you root|superuser|only root|interactive authentication required|insufficient privileges/i

function homeless(host: string, user: string, home: string): UserError {
  return new UserError(
    `${host} is worked on as ${user}, who has no home folder to keep in what is needed to undo changes: ` +
      `HOME is "${home}".`,
    `Give ${user} a home that it owns, or become root with --become (-b, or ansible_become=true).`,
  )
}
