import { directory } from '../../../lib/resources/index.ts'
import { certificate, trust } from '../../../lib/resources/certificate/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import type { EtcdContext } from '../context.ts'
import {
  certificates,
  certOf,
  configFolder,
  heldBy,
  keyOf,
  pkiFolder,
  trustedFile,
  type Holder,
} from '../paths.ts'
import { authorityOf } from './authority.ts'

/** The certificates of a host, and what it trusts; both are read by who runs as etcd. */
export function certified(
  context: EtcdContext,
  address: string,
  holders: readonly Holder[],
  renew?: { readonly run: string },
): { readonly trusted: Resource; readonly all: readonly Resource[] } {
  const { host, shared } = context
  const authority = authorityOf(context)
  const { algorithm, leafDays, renewDays } = shared.pki
  const trusted = trust({ path: trustedFile, authority })
  const own = holders.map((holder) => {
    const { usages, owner: user } = certificates[holder]
    const isServer = usages.includes('server')
    return certificate({
      cert: certOf(holder, host.name),
      key: keyOf(holder, host.name),
      authority,
      commonName: `etcd-${holder}-${host.name}`,
      dns: isServer ? [host.name, 'localhost'] : [],
      addresses: isServer ? [address, '127.0.0.1', '::1'] : [],
      usages,
      algorithm,
      days: leafDays,
      renewDays,
      owner: user,
      group: user,
      renew,
    })
  })
  return { trusted, all: [directory({ path: pkiFolder, mode: 0o755 }), trusted, ...own] }
}

/** Gives a client of etcd what it shows, and whom it trusts. */
export async function certifyClient(context: EtcdContext, renew?: { readonly run: string }): Promise<void> {
  const { all } = certified(context, '', heldBy('clients'), renew)
  await context.task('Give the client its certificate', directory({ path: configFolder }), ...all)
}
