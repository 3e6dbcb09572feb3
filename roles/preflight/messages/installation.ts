import type { Message, OnHost } from './message.ts'

export function installationStands({
  host,
  found,
  wanted,
}: OnHost & { readonly found: string; readonly wanted: string }): Message {
  return {
    en: {
      found,
      wanted,
      message: `Something of Kubernetes stands on ${host} already: ${found}.`,
      advice: `Run reset.ts for ${host} where it is one of ours, else take it away by its own tool, then try again.`,
    },
    zh: {
      found,
      wanted,
      message: `节点 ${host} 检测到 Kubernetes 残留：${found}。`,
      advice: `如由本工具安装，请先对 ${host} 执行 reset.ts；否则用其自身工具清理干净后再试。`,
    },
  }
}

export function leftoversStand({ host, found }: OnHost & { readonly found: string }): Message {
  return {
    en: {
      found,
      wanted: 'nothing of another tool',
      message: `Another tool has left something on ${host}: ${found}.`,
      advice: `Take it away if ${host} is no longer in the care of that tool.`,
    },
    zh: {
      found,
      wanted: '没有其他工具的残留',
      message: `节点 ${host} 上有其他工具的残留：${found}。`,
      advice: `如 ${host} 已不再由该工具管理，请将其清理。`,
    },
  }
}
