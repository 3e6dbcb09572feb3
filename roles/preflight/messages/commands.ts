import { mendedBy, type Message, type OnHost } from './message.ts'

export function commandIsMissing({ host, command }: OnHost & { readonly command: string }): Message {
  return {
    en: {
      found: `no ${command}`,
      wanted: command,
      message: `${host} has no command ${command}, and no package of ours brings it.`,
      advice: `Install what brings ${command} on ${host}.`,
    },
    zh: {
      found: `没有 ${command}`,
      wanted: command,
      message: `节点 ${host} 缺少命令 ${command}，且没有可自动安装的软件包。`,
      advice: `请在 ${host} 上安装提供 ${command} 的软件包。`,
    },
  }
}

export function commandsAreToCome({
  host,
  commands,
  task,
}: OnHost & { readonly commands: readonly string[]; readonly task: string | undefined }): Message {
  const all = commands.join(', ')
  return {
    en: {
      found: `no ${all}`,
      wanted: all,
      message: `${host} has no ${all} yet.`,
      advice: task === undefined ? `Install what brings ${all} on ${host}.` : mendedBy.en(task),
    },
    zh: {
      found: `没有 ${all}`,
      wanted: all,
      message: `节点 ${host} 尚未安装 ${all}。`,
      advice: task === undefined ? `请在 ${host} 上安装 ${all}。` : mendedBy.zh(task),
    },
  }
}
