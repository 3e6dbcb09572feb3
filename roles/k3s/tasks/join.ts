import { noNode } from '../../../lib/kube/no-node.ts'
import { serverUrl, type Seen } from '../cluster.ts'
import { authorityIs } from '../conditions.ts'
import type { K3sContext } from '../context.ts'
import { partsOf, tokenCa } from '../token.ts'

/** Before a joiner is touched: the authority that it will meet is the one that its token speaks of. */
export async function holdTokenAgainstAuthority(context: K3sContext, seen: Seen): Promise<void> {
  const { vars, shared, gate, ask } = context
  const { course, dataDir } = seen
  if (course.is !== 'joins') return
  const deadline = vars.deadlines.ready
  if (vars.serverUrl !== undefined) {
    const ca = vars.token === undefined ? '' : (partsOf(vars.token).ca ?? '')
    await gate(`Hold the given token against ${vars.serverUrl}`, authorityIs(vars.serverUrl, ca), {
      deadline,
    })
    return
  }
  const url = serverUrl(seen, shared.kubernetes.apiPort, course.from)
  const condition = authorityIs(url, ask(course.from, tokenCa(dataDir)))
  await gate(`Hold the token of ${course.from} against its authority`, condition, { deadline })
}

/** A host that was installed anew is not the node that bore its name: that one's member and password go first. */
export async function giveUpTheOld({ task, on }: K3sContext, seen: Seen): Promise<void> {
  const { course, own, nodeName, kubectl, product } = seen
  if (course.is !== 'joins' || own.known || course.from === '') return
  const old = noNode({
    name: nodeName,
    kubectl: kubectl.admin,
    password: `${nodeName}.node-password.${product.name}`,
  })
  await task(`Give up the node that was ${nodeName} before`, on([course.from], old))
}
