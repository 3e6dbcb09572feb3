import { mendedBy, type Message, type OnHost } from './message.ts'

export function hostnameIsInvalid({
  host,
  hostname,
  task,
}: OnHost & { readonly hostname: string; readonly task: string | undefined }): Message {
  return {
    en: {
      found: hostname,
      wanted: 'lower case letters, digits, inner hyphens and dots',
      message: `The host name "${hostname}" of ${host} is none for DNS, and Kubernetes takes it for the name of the node.`,
      advice: task === undefined ? `Rename ${host}: hostnamectl set-hostname.` : mendedBy.en(task),
    },
    zh: {
      found: hostname,
      wanted: '小写字母、数字、连字符和点',
      message: `节点 ${host} 主机名 '${hostname}' 不符合 DNS 规范。`,
      advice:
        task === undefined ? `请修改 ${host} 的主机名（hostnamectl set-hostname）。` : mendedBy.zh(task),
    },
  }
}

export function hostnameIsShared({
  host,
  hostname,
  others,
  task,
}: OnHost & {
  readonly hostname: string
  readonly others: readonly string[]
  readonly task: string | undefined
}): Message {
  const all = others.join(', ')
  return {
    en: {
      found: `${hostname}, as on ${all}`,
      wanted: 'a name of its own',
      message: `${host} is named "${hostname}", and so is ${all}: one node would take the place of the other.`,
      advice:
        task === undefined ? `Rename all but one of them: hostnamectl set-hostname.` : mendedBy.en(task),
    },
    zh: {
      found: `${hostname}，与 ${all} 相同`,
      wanted: '唯一的主机名',
      message: `节点 ${host} 的主机名 '${hostname}' 与 ${all} 重复。`,
      advice: task === undefined ? '请修改重复的主机名（hostnamectl set-hostname）。' : mendedBy.zh(task),
    },
  }
}

export function hostnameResolvesElsewhere({
  host,
  hostname,
  resolved,
  address,
  task,
}: OnHost & {
  readonly hostname: string
  readonly resolved: readonly string[]
  readonly address: string
  readonly task: string | undefined
}): Message {
  const found = resolved.length === 0 ? undefined : resolved.join(', ')
  return {
    en: {
      found: found ?? 'no address',
      wanted: address,
      message: `On ${host}, its name "${hostname}" leads to ${found ?? 'no address'}; a node has to be found under an address of its own.`,
      advice:
        task === undefined
          ? `Give /etc/hosts of ${host} the line: ${address} ${hostname}`
          : mendedBy.en(task),
    },
    zh: {
      found: found ?? '无法解析',
      wanted: address,
      message: `节点 ${host} 主机名 '${hostname}' 解析错误：${found ?? '无法解析'}。`,
      advice:
        task === undefined
          ? `请确保 ${host} 的 /etc/hosts 中有正确的条目：${address} ${hostname}`
          : mendedBy.zh(task),
    },
  }
}

export function identityIsShared({
  host,
  what,
  value,
  others,
}: OnHost & {
  readonly what: 'machine-id' | 'MAC'
  readonly value: string
  readonly others: readonly string[]
}): Message {
  const all = others.join(', ')
  const mend = {
    'machine-id': {
      en: `Give each clone its own: rm /etc/machine-id && systemd-machine-id-setup, then boot it.`,
      zh: '请为每台克隆机重新生成：rm /etc/machine-id && systemd-machine-id-setup，然后重启。',
    },
    MAC: {
      en: 'Let the hypervisor give each machine an address of its own.',
      zh: '请在虚拟化平台为每台机器分配唯一的 MAC。',
    },
  } as const
  return {
    en: {
      found: `${value}, as on ${all}`,
      wanted: `a ${what} of its own`,
      message: `${host} has the same ${what} as ${all}: ${value}. Nodes and leases of addresses would be mixed up.`,
      advice: mend[what].en,
    },
    zh: {
      found: `${value}，与 ${all} 相同`,
      wanted: `唯一的 ${what}`,
      message: `节点 ${host} 的 ${what} ${value} 与 ${all} 重复。`,
      advice: mend[what].zh,
    },
  }
}

export function machineIdIsMissing({ host }: OnHost): Message {
  return {
    en: {
      found: 'nothing',
      wanted: 'a machine-id of its own',
      message: `${host} has no machine-id in /etc/machine-id.`,
      advice: `Let ${host} make one: systemd-machine-id-setup.`,
    },
    zh: {
      found: '空',
      wanted: '唯一的 machine-id',
      message: `节点 ${host} 的 /etc/machine-id 为空。`,
      advice: `请在 ${host} 上执行 systemd-machine-id-setup。`,
    },
  }
}

export function clockIsOff({
  host,
  seconds,
  most,
  from,
  task,
}: OnHost & {
  readonly seconds: number
  readonly most: string
  /** From the machine that Troupe runs on, or from the median of all hosts. */
  readonly from: 'here' | 'median'
  readonly task: string | undefined
}): Message {
  const by = `${seconds > 0 ? '+' : ''}${seconds.toFixed(0)} s`
  const whom = {
    here: { en: 'the clock of this controller', zh: '主控节点' },
    median: { en: 'the median of all hosts', zh: '所有节点的中位数' },
  } as const
  const way = seconds > 0 ? 'ahead of' : 'behind'
  return {
    en: {
      found: by,
      wanted: `within ${most}`,
      message: `The clock of ${host} is ${Math.abs(seconds).toFixed(0)} s ${way} ${whom[from].en}: certificates would be taken for invalid.`,
      advice:
        task === undefined ? `Set the clock of ${host}, and let a time service keep it.` : mendedBy.en(task),
    },
    zh: {
      found: by,
      wanted: `${most} 以内`,
      message: `节点 ${host} 与${whom[from].zh}时间差超过 ${most}：${by}。`,
      advice: task === undefined ? `请校正 ${host} 的时间并配置时间同步。` : mendedBy.zh(task),
    },
  }
}

export function nobodyKeepsTheClock({ host, task }: OnHost & { readonly task: string | undefined }): Message {
  return {
    en: {
      found: 'no time service',
      wanted: 'chrony, ntpd or systemd-timesyncd active',
      message: `No time service runs on ${host}, so its clock will drift away.`,
      advice: task === undefined ? `Install chrony on ${host}.` : mendedBy.en(task),
    },
    zh: {
      found: '没有时间服务',
      wanted: 'chronyd、ntpd 或 systemd-timesyncd 运行中',
      message: `节点 ${host} 的 NTP 服务（chronyd/ntpd）未运行。`,
      advice: task === undefined ? `请在 ${host} 上配置时间同步。` : mendedBy.zh(task),
    },
  }
}
