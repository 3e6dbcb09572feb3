import { kubeconfigHere } from '../../../lib/kube/kubeconfig-here.ts'
import { directory, file } from '../../../lib/resources/index.ts'
import type { Seen } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { kubeconfigOf, loginHome } from '../kubeconfig.ts'

/** Gives the kubeconfig of the administrator to who is to have it: the controller, and the login user of each server. */
export async function handOver(context: K3sContext, seen: Seen): Promise<void> {
  const { host, vars, shared, task } = context
  const { product, part, initial } = seen
  if (part !== 'server') return
  if (vars.kubeconfig.loginUser) await giveToLogin(context, seen)
  const { controller, merge } = vars.kubeconfig
  // One of them, in every run the same: else the file would go to and fro.
  const giver = initial === '' ? seen.servers[0]?.name : initial
  if (controller === '' || host.name !== giver) return
  await task(
    'Put the kubeconfig on the controller',
    kubeconfigHere({
      from: product.kubeconfig,
      to: controller,
      name: shared.cluster.name === unnamed ? product.name : shared.cluster.name,
      server: `https://${shared.cluster.endpoint ?? `${dialed(context, seen)}:${shared.kubernetes.apiPort}`}`,
      merge,
    }),
  )
}

const unnamed = 'unnamed'

async function giveToLogin({ host, task, ask, fact }: K3sContext, { product }: Seen): Promise<void> {
  const login = host.vars['ansible_user']
  const home = await fact(loginHome(typeof login === 'string' ? login : 'root', product))
  if (home === undefined) return
  const { user, path, foreign } = home
  if (foreign) return
  await task(
    'Give the kubeconfig to the login user',
    directory({ path: `${path}/.kube`, mode: 0o700, owner: user }),
    file({
      path: `${path}/.kube/config`,
      content: ask(host.name, kubeconfigOf(product)),
      mode: 0o600,
      owner: user,
    }),
  )
}

/** As the controller reaches the server. */
function dialed({ host }: K3sContext, { addresses }: Seen): string {
  const given = host.vars['ansible_host']
  return typeof given === 'string' ? given : (addresses.get(host.name) ?? host.name)
}
