import type { Message, OnHost } from './message.ts'

export function networksOverlap({
  host,
  what,
  cidr,
  other,
}: OnHost & {
  readonly what: 'pods' | 'services'
  readonly cidr: string
  /** A route of the host, or the other one of these networks. */
  readonly other: string
}): Message {
  const words = { pods: { en: 'pods', zh: 'Pod' }, services: { en: 'services', zh: 'Service' } } as const
  return {
    en: {
      found: other,
      wanted: `nothing else within ${cidr}`,
      message: `On ${host}, the network of the ${words[what].en}, ${cidr}, overlaps with ${other}: packets would go astray.`,
      advice: 'Choose another network in group_vars: network.podCidr, network.serviceCidr.',
    },
    zh: {
      found: other,
      wanted: `${cidr} 内没有其他网络`,
      message: `节点 ${host} 上 ${words[what].zh} 网段 ${cidr} 与 ${other} 重叠。`,
      advice: '请在 group_vars 中更换网段：network.podCidr、network.serviceCidr。',
    },
  }
}

export function vipIsTaken({
  host,
  vip,
  by,
}: OnHost & { readonly vip: string; readonly by: string }): Message {
  return {
    en: {
      found: by,
      wanted: 'nobody',
      message: `${host} sees somebody who has the address ${vip} of the load balancer already: ${by}.`,
      advice: 'Free the address, or choose another one: loadBalancer.vip.',
    },
    zh: {
      found: by,
      wanted: '未被占用',
      message: `节点 ${host} 发现负载均衡地址 ${vip} 已被占用：${by}。`,
      advice: '请释放该地址，或更换 loadBalancer.vip。',
    },
  }
}

export function wayIsSlow({
  host,
  peer,
  found,
  most,
}: OnHost & { readonly peer: string; readonly found: string; readonly most: string }): Message {
  return {
    en: {
      found,
      wanted: `at most ${most}`,
      message: `From ${host} to ${peer} and back takes ${found}; etcd suffers beyond ${most}.`,
      advice: `Put members of etcd where they are near each other.`,
    },
    zh: {
      found,
      wanted: `不超过 ${most}`,
      message: `节点 ${host} 到 ${peer} 的往返延迟为 ${found}，超过 ${most} 会影响 etcd。`,
      advice: '请将 etcd 成员部署在网络相近的位置。',
    },
  }
}

export function packetsAreLost({
  host,
  peer,
  found,
}: OnHost & { readonly peer: string; readonly found: string }): Message {
  return {
    en: {
      found,
      wanted: '0 %',
      message: `From ${host} to ${peer}, ${found} of the packets were lost.`,
      advice: `Look for a bad cable, a full link or a duplicate address between ${host} and ${peer}.`,
    },
    zh: {
      found,
      wanted: '0 %',
      message: `节点 ${host} 到 ${peer} 丢包 ${found}。`,
      advice: `请检查 ${host} 与 ${peer} 之间的线路、带宽和地址冲突。`,
    },
  }
}

export function largePacketsAreLost({
  host,
  peer,
  mtu,
  overhead,
}: OnHost & { readonly peer: string; readonly mtu: number; readonly overhead: number }): Message {
  return {
    en: {
      found: `no packet of ${mtu} bytes`,
      wanted: `packets of ${mtu} bytes, ${overhead} of them for the network of the pods`,
      message: `From ${host} to ${peer}, packets of ${mtu} bytes do not arrive, though the device sends them: large answers would be lost.`,
      advice: `Give all hosts and what lies between them one MTU.`,
    },
    zh: {
      found: `${mtu} 字节的包无法到达`,
      wanted: `${mtu} 字节（其中 Pod 网络封装 ${overhead}）`,
      message: `节点 ${host} 到 ${peer} 无法传输 ${mtu} 字节的包：大数据包会丢失。`,
      advice: '请统一所有主机及其间设备的 MTU。',
    },
  }
}
