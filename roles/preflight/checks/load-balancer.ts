import * as messages from '../messages/index.ts'
import { fatal, type Check } from '../subject.ts'
import { macOf } from './identity.ts'

/** Nobody has the address that is to move, but a host that may: one look for all of them. */
export const vip: Check = {
  name: 'vip',
  judge({ name: host, vip: found, all }) {
    if (found === undefined) return []
    const { address, owner } = found
    const holder = all.find(({ survey }) => survey.addresses.some((each) => each.address === address))
    if (holder !== undefined) {
      const may = holder.roles.includes('lb') || holder.roles.includes('server')
      if (may && holder.address !== address) return []
      return [fatal(messages.vipIsTaken({ host, vip: address, by: holder.name }))]
    }
    if (owner === undefined || all.some((each) => macOf(each) === owner)) return []
    return [fatal(messages.vipIsTaken({ host, vip: address, by: owner }))]
  },
}

/** A load balancer on a server needs a port of its own. */
export const loadBalancer: Check = {
  name: 'loadBalancer',
  judge({ name: host, roles, configuration }) {
    const { loadBalancer: balancer, kubernetes } = configuration
    const isOurs = balancer.type === 'haproxy' || balancer.type === 'nginx'
    const both = roles.includes('lb') && roles.includes('server')
    if (!isOurs || !both || balancer.port !== kubernetes.apiPort) return []
    return [fatal(messages.balancerPortClashes({ host, port: balancer.port }))]
  },
}
