import { portsOn, type ClusterPort } from '../../../lib/cluster/ports.ts'
import * as messages from '../messages/index.ts'
import { fatal, warning, type Check, type Found } from '../subject.ts'
import type { Socket } from '../survey-parts.ts'

/** Programs of a cluster: where they run, that is told of as an installation. */
const ofCluster = /^(?:k3s|rke2|kubelet|kube-|etcd|containerd|cilium|calico|flannel|haproxy-ingress)/

/** Nobody listens where something of the cluster is to. */
export const ports: Check = {
  name: 'ports',
  judge({ name: host, roles, configuration, survey }) {
    const strangers = survey.sockets.filter(({ process }) => !ofCluster.test(process?.name ?? ''))
    const taken = portsOn(roles, configuration).flatMap((port) =>
      strangers.filter((socket) => isOn(port, socket)).map((socket) => judged(host, port, socket)),
    )
    return [...new Map(taken.map((found) => [found.message.en.message, found])).values()]
  },
}

function judged(host: string, { what, port, protocol }: ClusterPort, { process, ...socket }: Socket): Found {
  const by = process === undefined ? undefined : `${process.name} (PID ${process.pid})`
  const words = messages.portIsTaken({ host, port: `${socket.port}/${protocol}`, what, by })
  // One of a range is missed only by the service that would have been given it.
  return typeof port === 'number' ? fatal(words) : warning(words)
}

function isOn({ port, protocol }: ClusterPort, socket: Socket): boolean {
  if (socket.protocol !== protocol) return false
  const [first = 0, last = first] = String(port).split('-').map(Number)
  return first <= socket.port && socket.port <= last
}
