import { sh } from '../../lib/host/command.ts'
import { asFound, defineFact, type Fact } from '../../lib/host/fact.ts'
import { isOnly } from '../../lib/kube/kubeconfig.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import type { Product } from './product.ts'

/** The kubeconfig of the administrator, as the server wrote it. */
export function kubeconfigOf({ kubeconfig }: Product): Fact<Secret> {
  return defineFact(`the kubeconfig ${kubeconfig}`, async (host) => {
    const [content] = await host.readFiles([kubeconfig])
    if (content === undefined) throw new NotYet(`There is no kubeconfig ${kubeconfig} on ${host.name}.`)
    return new Secret(content.toString(), `${kubeconfig} on ${host.name}`)
  })
}

export interface LoginHome {
  readonly user: string
  readonly path: string
  /** The kubeconfig that stands there speaks of other clusters. */
  readonly foreign: boolean
}

/** Servers call their own cluster so. */
const ownName = 'default'

/** Where a user of the host is at home; undefined where there is no such user. */
export function loginHome(user: string, product: Product): Fact<LoginHome | undefined> {
  const home = defineFact(
    `the home of ${user}, for ${product.name}`,
    async (host): Promise<LoginHome | undefined> => {
      const { stdout } = await host.query(sh`getent passwd ${user}`, { ok: [0, 2] })
      const path = stdout.split(':')[5]
      if (path === undefined || path === '') return undefined
      const [there] = await host.readFiles([`${path}/.kube/config`])
      return { user, path, foreign: there !== undefined && !isOnly(there.toString(), ownName) }
    },
    { assumed: undefined },
  )
  return asFound(home)
}
