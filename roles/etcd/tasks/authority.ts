import { storeOf } from '../../../lib/pki/vars.ts'
import type { AuthorityPlace } from '../../../lib/pki/place.ts'
import type { Step } from '../../../lib/pki/replacement.ts'
import { authority } from '../../../lib/resources/certificate/index.ts'
import type { EtcdContext } from '../context.ts'

/** The authority of etcd, beside the inventory. */
export function authorityOf({ shared, run }: EtcdContext): AuthorityPlace {
  return { name: 'etcd-ca', store: storeOf(shared.pki, run) }
}

/** Makes the authority where there is none, or goes a step of its replacement. */
export async function makeAuthority(context: EtcdContext, title: string, step?: Step): Promise<void> {
  const { task, shared } = context
  await task(
    title,
    authority({
      ...authorityOf(context),
      commonName: `${shared.cluster.name} etcd`,
      algorithm: shared.pki.algorithm,
      days: shared.pki.authorityDays,
      step,
    }),
  )
}
