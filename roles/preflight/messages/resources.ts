import type { HostRole } from '../../../lib/cluster/host-roles.ts'
import type { Message, OnHost } from './message.ts'

interface Measured extends OnHost {
  readonly what: 'cpus' | 'memory'
  readonly found: string
  readonly wanted: string
  readonly role: HostRole
}

const resources = {
  cpus: { en: (count: string) => (count === '1' ? '1 CPU' : `${count} CPUs`), zh: 'CPU 核心数' },
  memory: { en: (size: string) => `${size} of memory`, zh: '内存' },
} as const

const hosts: Readonly<Record<HostRole, string>> = {
  server: 'a server',
  agent: 'an agent',
  etcd: 'a member of etcd',
  lb: 'a load balancer',
  registry: 'a registry',
}

export function tooLittle({ host, what, found, wanted, role }: Measured): Message {
  const [has, needs] = [found, wanted].map(resources[what].en)
  return {
    en: {
      found: `${has}`,
      wanted: `at least ${needs}`,
      message: `${host} has ${has}, and ${hosts[role]} needs at least ${wanted}.`,
      advice: `Give ${host} more, or another part in the inventory.`,
    },
    zh: {
      found,
      wanted: `至少 ${wanted}`,
      message: `节点 ${host} 资源不足：${resources[what].zh} ${found}（${role} 最低要求：${wanted}）。`,
      advice: `请为 ${host} 增加资源，或在清单中更换其角色。`,
    },
  }
}

export function littleForWork({ host, what, found, wanted, role }: Measured): Message {
  const [has, needs] = [found, wanted].map(resources[what].en)
  return {
    en: {
      found: `${has}`,
      wanted: `${needs}`,
      message: `${host} has ${has}: enough to be ${hosts[role]}, but ${wanted} or more are advised.`,
      advice: `Give ${host} more before it carries load.`,
    },
    zh: {
      found,
      wanted,
      message: `节点 ${host} 的${resources[what].zh}为 ${found}，满足 ${role} 的最低要求，但低于建议值 ${wanted}。`,
      advice: `承载业务之前请为 ${host} 增加资源。`,
    },
  }
}

interface Room extends OnHost {
  readonly path: string
  readonly mount: string
  readonly found: string
  readonly wanted: string
}

export function diskIsFull({ host, path, mount, found, wanted }: Room): Message {
  return {
    en: {
      found: `${found} free on ${mount}`,
      wanted: `at least ${wanted} free`,
      message: `There is no room for ${path} on ${host}: ${mount} has ${found} free, and ${wanted} is the least.`,
      advice: `Make room on ${mount} of ${host}, or mount a larger disk at ${path}.`,
    },
    zh: {
      found: `${mount} 剩余 ${found}`,
      wanted: `至少剩余 ${wanted}`,
      message: `节点 ${host} 的 ${path} 磁盘空间不足：${mount} 剩余 ${found}（最低要求：${wanted}）。`,
      advice: `请清理 ${mount}，或为 ${path} 挂载更大的磁盘。`,
    },
  }
}

export function diskIsSmall({ host, path, mount, found, wanted }: Room): Message {
  return {
    en: {
      found: `${found} free on ${mount}`,
      wanted: `${wanted} free`,
      message: `${host} has little room for ${path}: ${mount} has ${found} free, where ${wanted} is advised.`,
      advice: `Give ${host} a larger disk before it carries load, or ${path} one of their own.`,
    },
    zh: {
      found: `${mount} 剩余 ${found}`,
      wanted: `剩余 ${wanted}`,
      message: `节点 ${host} 的 ${path} 磁盘空间偏小：${mount} 剩余 ${found}（建议值：${wanted}）。`,
      advice: `承载业务之前请为 ${host} 的 ${path} 挂载更大的磁盘。`,
    },
  }
}

export function inodesRunOut({
  host,
  mount,
  found,
  wanted,
}: OnHost & { readonly mount: string; readonly found: string; readonly wanted: string }): Message {
  return {
    en: {
      found: `${found} of the inodes free on ${mount}`,
      wanted: `at least ${wanted} free`,
      message: `${mount} on ${host} has room, but no place for more files: ${found} of its inodes are free.`,
      advice: `Remove small files from ${mount} of ${host}.`,
    },
    zh: {
      found: `${mount} 剩余 inode ${found}`,
      wanted: `至少 ${wanted}`,
      message: `节点 ${host} 的 ${mount} inode 不足：剩余 ${found}。`,
      advice: `请清理 ${mount} 上的小文件。`,
    },
  }
}
