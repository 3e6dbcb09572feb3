import { mendedBy, type Message, type OnHost } from './message.ts'

export function portIsTaken({
  host,
  port,
  what,
  by,
}: OnHost & { readonly port: string; readonly what: string; readonly by: string | undefined }): Message {
  return {
    en: {
      found: by ?? 'somebody who is not told',
      wanted: `nobody, for ${what}`,
      message: `Port ${port} of ${host} is taken by ${by ?? 'somebody who is not told'}; it is wanted for ${what}.`,
      advice: `Stop it on ${host}, or let it listen on another port.`,
    },
    zh: {
      found: by ?? '未知进程',
      wanted: `空闲（${what}）`,
      message: `节点 ${host} 的端口 ${port} 已被进程 '${by ?? '未知'}' 占用（${what} 需要该端口）。`,
      advice: `请在 ${host} 上释放该端口。`,
    },
  }
}

export function portsAreShut({
  host,
  peer,
  ports,
  found,
  task,
}: OnHost & {
  readonly peer: string
  readonly ports: readonly { readonly port: string; readonly what: string }[]
  readonly found: 'silent' | 'denied'
  readonly task: string | undefined
}): Message {
  const all = ports.map(({ port }) => port).join(', ')
  const said = {
    silent: { en: 'no answer', zh: '无响应' },
    denied: { en: 'denied', zh: '被拒绝' },
  } as const
  return {
    en: {
      found: said[found].en,
      wanted: 'open, or refused by the host itself',
      message: `From ${host}, ${ports.map(({ port, what }) => `${port} (${what})`).join(', ')} of ${peer} cannot be reached: ${said[found].en}.`,
      advice:
        task === undefined
          ? `Let ${all} from ${host} to ${peer} through whatever filters between them.`
          : mendedBy.en(task),
    },
    zh: {
      found: said[found].zh,
      wanted: '开放，或由主机自身拒绝',
      message: `节点 ${host} 无法访问 ${peer} 的端口 ${ports.map(({ port, what }) => `${port}（${what}）`).join('、')}：${said[found].zh}。`,
      advice: task === undefined ? `请放行从 ${host} 到 ${peer} 的 ${all}。` : mendedBy.zh(task),
    },
  }
}

export function peerIsSilent({ host, peer }: OnHost & { readonly peer: string }): Message {
  return {
    en: {
      found: 'no answer',
      wanted: 'a way there',
      message: `From ${host}, ${peer} cannot be reached at all.`,
      advice: `Look at the route and the filters between ${host} and ${peer}; where the host has several addresses, set nodeIp.`,
    },
    zh: {
      found: '无响应',
      wanted: '网络可达',
      message: `节点 ${host} 无法访问 ${peer}。`,
      advice: `请检查 ${host} 与 ${peer} 之间的路由和防火墙；多网卡主机请设置 nodeIp。`,
    },
  }
}

export function firewallIsActive({
  host,
  firewall,
  choice,
  task,
}: OnHost & {
  readonly firewall: string
  readonly choice: 'open' | 'off' | 'keep'
  readonly task: string | undefined
}): Message {
  return {
    en: {
      found: firewall,
      wanted: choice === 'off' ? 'no firewall' : 'one that lets the cluster in',
      message: `A firewall is active on ${host}: ${firewall}.`,
      advice:
        task === undefined
          ? 'It stays as it is: let the ports of the cluster in yourself.'
          : mendedBy.en(task),
    },
    zh: {
      found: firewall,
      wanted: choice === 'off' ? '关闭防火墙' : '放行集群端口',
      message: `节点 ${host} 的防火墙处于 active 状态：${firewall}。`,
      advice: task === undefined ? '保持不变：请自行放行集群端口。' : mendedBy.zh(task),
    },
  }
}

export function balancerPortClashes({ host, port }: OnHost & { readonly port: number }): Message {
  return {
    en: {
      found: `${port} for both`,
      wanted: 'a port each',
      message: `${host} is a server and a load balancer, and both want port ${port}.`,
      advice: 'Give the load balancer another port, such as loadBalancer.port: 8443.',
    },
    zh: {
      found: `均为 ${port}`,
      wanted: '不同的端口',
      message: `节点 ${host} 同时是 server 和负载均衡器，二者都使用端口 ${port}。`,
      advice: '请为负载均衡器更换端口，例如 loadBalancer.port: 8443。',
    },
  }
}
