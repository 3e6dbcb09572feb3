import { quote } from '../../lib/host/command.ts'
import { defineCondition, type Condition, type Held } from '../../lib/task/gate.ts'
import { isReady, isVoter, kubeNode, kubeNodes, wordsOf, type KubeNode } from '../../lib/kube/nodes.ts'

/** The API of this host says that it is ready, to its administrator. */
export function apiReady(kubectl: string): Condition {
  return defineCondition('The API', async (host) => {
    try {
      await host.query({ text: `${kubectl} get --raw=/readyz` }, { timeoutMs: 20_000 })
      return { holds: true }
    } catch (error) {
      return { holds: false, found: wordsOf(error) }
    }
  })
}

/** A node is ready by its condition; asked as the node itself, which every node may. */
export function nodeReady(kubectl: string, name: string): Condition {
  return aboutNode(`The node ${name}`, kubectl, name, (node) => {
    return isReady(node) ? undefined : `Ready is ${node.conditions['Ready'] ?? 'not said'}: ${node.message}`
  })
}

/** Its member of etcd votes, so that it counts. */
export function etcdVotes(kubectl: string, name: string): Condition {
  return aboutNode(`The vote of ${name} in etcd`, kubectl, name, (node) => {
    return isVoter(node) ? undefined : `EtcdIsVoter is ${node.conditions['EtcdIsVoter'] ?? 'not said'}`
  })
}

/** As many nodes as the inventory says, all of them ready. */
export function allReady(kubectl: string, expected: readonly string[]): Condition {
  return defineCondition(`All of ${expected.length} nodes`, async (host) => {
    try {
      const nodes = await kubeNodes(kubectl).read(host)
      const missing = expected.filter((name) => !nodes.some((node) => node.name === name && isReady(node)))
      return missing.length === 0
        ? { holds: true }
        : { holds: false, found: `not ready: ${missing.join(', ')}` }
    } catch (error) {
      return { holds: false, found: wordsOf(error) }
    }
  })
}

/** What a server gives out as its authority is what the token speaks of. */
export function authorityIs(url: string, ca: string): Condition {
  const from = quote(`${url}/cacerts`)
  const text = `if command -v curl > /dev/null; then curl --noproxy '*' -skf -m 10 ${from}
else wget --no-proxy --no-check-certificate -q -T 10 -O - ${from}; fi | sha256sum | cut -d ' ' -f 1`
  const ask = async (host: Parameters<Condition['ask']>[0], wanted: string): Promise<Held> => {
    const { stdout } = await host.query({ text }, { timeoutMs: 20_000 })
    const found = stdout.trim()
    if (found === wanted) return { holds: true }
    if (found === sha256OfNothing) return { holds: false, found: `${url}/cacerts does not answer` }
    return {
      holds: false,
      found: `the token CA hash does not match the Cluster CA certificate hash: the token speaks of ${wanted}, and ${url} has ${found}`,
    }
  }
  return defineCondition(`The authority behind ${url}`, ask, ca)
}

const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function aboutNode(
  name: string,
  kubectl: string,
  node: string,
  wrong: (node: KubeNode) => string | undefined,
): Condition {
  return defineCondition(name, async (host) => {
    try {
      const found = await kubeNode(host, kubectl, node)
      const what = found === undefined ? 'there is no such node' : wrong(found)
      return what === undefined ? { holds: true } : { holds: false, found: what }
    } catch (error) {
      return { holds: false, found: wordsOf(error) }
    }
  })
}
