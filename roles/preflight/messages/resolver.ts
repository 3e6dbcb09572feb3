import { mendedBy, type Message, type OnHost } from './message.ts'

export function resolvConfIsEmpty({ host, task }: OnHost & { readonly task: string | undefined }): Message {
  return {
    en: {
      found: 'no name server',
      wanted: 'at least one name server',
      message: `/etc/resolv.conf of ${host} is missing or names no server: nothing that is asked by name would be found.`,
      advice:
        task === undefined
          ? `Give ${host} a name server, for instance with extra.resolves.`
          : mendedBy.en(task),
    },
    zh: {
      found: '没有 nameserver',
      wanted: '至少一个 nameserver',
      message: `节点 ${host} 的 /etc/resolv.conf 文件无效（不存在、为空或未配置 nameserver）。`,
      advice:
        task === undefined
          ? `集群部署依赖 DNS，请为 ${host} 配置有效的上游 DNS，例如 extra.resolves。`
          : mendedBy.zh(task),
    },
  }
}

export function nameServersAreSilent({
  host,
  servers,
  task,
}: OnHost & { readonly servers: readonly string[]; readonly task: string | undefined }): Message {
  const all = servers.join(', ')
  return {
    en: {
      found: `no answer from ${all}`,
      wanted: 'an answer of at least one',
      message: `No name server of ${host} answers: ${all}.`,
      advice:
        task === undefined
          ? `Let ${host} reach one of them, or name others, for instance with extra.resolves.`
          : mendedBy.en(task),
    },
    zh: {
      found: `${all} 无响应`,
      wanted: '至少一个可达',
      message: `节点 ${host} 的 /etc/resolv.conf 未配置可达的 nameserver：${all}。`,
      advice:
        task === undefined
          ? `请保证 ${host} 可访问其中之一，或通过 extra.resolves 配置其他 DNS。`
          : mendedBy.zh(task),
    },
  }
}

export function resolverLoops({ host, servers }: OnHost & { readonly servers: readonly string[] }): Message {
  const all = servers.join(', ')
  return {
    en: {
      found: all,
      wanted: 'a server outside of the host',
      message: `${host} asks only itself for names (${all}): a pod that takes this over, as CoreDNS does, would ask itself for ever.`,
      advice: `Name a server outside of ${host}, or use systemd-resolved, whose own servers the kubelet takes.`,
    },
    zh: {
      found: all,
      wanted: '主机之外的 DNS',
      message: `节点 ${host} 只向自身查询域名（${all}）：CoreDNS 会形成解析循环。`,
      advice: `请为 ${host} 配置主机之外的 DNS，或使用 systemd-resolved。`,
    },
  }
}

export function resolverHasTooMuch({
  host,
  what,
  found,
  most,
}: OnHost & {
  readonly what: 'servers' | 'searches'
  readonly found: number
  readonly most: number
}): Message {
  const words = {
    servers: { en: 'name servers', zh: 'nameserver' },
    searches: { en: 'search domains', zh: '搜索域' },
  } as const
  return {
    en: {
      found: `${found} ${words[what].en}`,
      wanted: `at most ${most}`,
      message: `/etc/resolv.conf of ${host} has ${found} ${words[what].en}, of which pods hear only ${most}.`,
      advice: `Leave those away that ${host} can do without.`,
    },
    zh: {
      found: `${found} 个${words[what].zh}`,
      wanted: `最多 ${most} 个`,
      message: `节点 ${host} 的 /etc/resolv.conf 有 ${found} 个${words[what].zh}，Pod 只会使用前 ${most} 个。`,
      advice: `请精简 ${host} 的配置。`,
    },
  }
}
