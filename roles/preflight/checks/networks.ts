import { cidrsOf, overlap } from '../../../lib/cluster/networks.ts'
import * as messages from '../messages/index.ts'
import { fatal, type Check, type Found, type Subject } from '../subject.ts'

/** Devices that a network of pods makes itself, so that their routes are the cluster's own. */
const ofPods = /^(?:cni|flannel|cali|cilium|lxc|veth|vxlan\.calico|tunl|kube-|nodelocaldns|wireguard|wg)/

/** The networks of pods and services, against each other and against where the host already leads packets. */
export const networks: Check = {
  name: 'networks',
  judge(subject) {
    const { pods, services } = cidrsOf(subject.configuration)
    const { name: host } = subject
    const within = overlap(pods, services)
      ? [
          fatal(
            messages.networksOverlap({ host, what: 'pods', cidr: pods, other: `the services, ${services}` }),
          ),
        ]
      : []
    return [...within, ...onRoutes(subject, 'pods', pods), ...onRoutes(subject, 'services', services)]
  },
}

function onRoutes(
  { name: host, survey }: Subject,
  what: 'pods' | 'services',
  cidr: string,
): readonly Found[] {
  return survey.routes
    .filter(({ to, device }) => to !== 'default' && !ofPods.test(device) && overlap(to, cidr))
    .map(({ to, device }) => {
      const other = device === '' ? to : `${to} on ${device}`
      return fatal(messages.networksOverlap({ host, what, cidr, other }))
    })
}
