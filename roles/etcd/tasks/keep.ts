import { user } from '../../../lib/resources/index.ts'
import type { Seen } from '../cluster.ts'
import type { EtcdContext } from '../context.ts'
import { owner } from '../paths.ts'
import { configure } from './configure.ts'
import { bringProgram } from './program.ts'
import { announce, runMember } from './run.ts'

/** Who a member runs as. */
export async function createUser({ task, vars }: EtcdContext): Promise<void> {
  const own = user({ name: owner, system: true, home: vars.dataDir, shell: '/usr/sbin/nologin' })
  await task('Create the user of etcd', own)
}

/** Keeps a member as it is to be, or makes the host one; `renew`: with certificates that are issued anew. */
export async function keepMember(
  context: EtcdContext,
  seen: Seen,
  renew?: { readonly run: string },
): Promise<void> {
  await createUser(context)
  const files = await configure(context, seen, renew)
  await announce(context, seen)
  const program = await bringProgram(context, context.vars.version ?? '')
  await runMember(context, seen, [...program, ...files])
}
