import type { Message, OnHost } from './message.ts'

interface Measured extends OnHost {
  readonly what: 'cpus' | 'memory'
  readonly found: string
  readonly wanted: string
  readonly role: string
}

const resources = {
  cpus: { en: 'CPUs', zh: 'CPU 核心数' },
  memory: { en: 'memory', zh: '内存' },
} as const

export function tooLittle({ host, what, found, wanted, role }: Measured): Message {
  return {
    en: {
      found,
      wanted: `at least ${wanted}`,
      message: `${host} has too little ${resources[what].en} to be a ${role}: ${found}, and ${wanted} is the least.`,
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
  return {
    en: {
      found,
      wanted,
      message: `${host} has enough ${resources[what].en} to be a ${role}, but little for work: ${found}, where ${wanted} is advised.`,
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
      advice: `Make room on ${mount}, or mount a larger disk at ${path}.`,
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
      advice: `Mount a larger disk at ${path} before ${host} carries load.`,
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
      advice: `Remove small files from ${mount}.`,
    },
    zh: {
      found: `${mount} 剩余 inode ${found}`,
      wanted: `至少 ${wanted}`,
      message: `节点 ${host} 的 ${mount} inode 不足：剩余 ${found}。`,
      advice: `请清理 ${mount} 上的小文件。`,
    },
  }
}
