import type { Message, OnHost } from './message.ts'

export function versionsDoNotFit({
  host,
  part,
  found,
  wanted,
}: OnHost & { readonly part: string; readonly found: string; readonly wanted: string }): Message {
  return {
    en: {
      found,
      wanted,
      message: `What the variables of ${host} say of ${part} does not fit: ${found}, where ${wanted} is wanted.`,
      advice: 'Change it in group_vars.',
    },
    zh: {
      found,
      wanted,
      message: `节点 ${host} 的变量中 ${part} 版本不匹配：${found}（需要：${wanted}）。`,
      advice: '请修改 group_vars。',
    },
  }
}
