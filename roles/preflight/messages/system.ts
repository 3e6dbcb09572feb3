import type { Message, OnHost } from './message.ts'

interface KnownInstead {
  /** What would do, where something would. */
  readonly known: readonly string[]
}

export function systemIsUnknown({
  host,
  system,
  known,
}: OnHost & KnownInstead & { readonly system: string }): Message {
  const all = known.join(', ')
  return {
    en: {
      found: system,
      wanted: `one of ${all}`,
      message: `The system of ${host}, ${system}, is not in the support table: nobody has tried it.`,
      advice: 'Use one of the table, or leave the check out: preflight.skipChecks.',
    },
    zh: {
      found: system,
      wanted: all,
      message: `节点 ${host} 的操作系统 '${system}' 不在支持列表中。`,
      advice: '请使用列表中的操作系统，或通过 preflight.skipChecks 跳过该检查。',
    },
  }
}

export function systemIsOld({
  host,
  system,
  kubernetes,
  since,
  known,
}: OnHost &
  KnownInstead & { readonly system: string; readonly kubernetes: string; readonly since: string }): Message {
  const all = known.join(', ')
  return {
    en: {
      found: system,
      wanted: `one of ${all}`,
      message: `${system} on ${host} carries Kubernetes ${kubernetes}, but has had no updates since ${since}.`,
      advice: `Plan to move ${host} to a version that is maintained: ${all}.`,
    },
    zh: {
      found: system,
      wanted: all,
      message: `节点 ${host} 的操作系统 '${system}' 可运行 Kubernetes ${kubernetes}，但自 ${since} 起已停止更新。`,
      advice: `请计划将 ${host} 迁移到仍在维护的版本：${all}。`,
    },
  }
}

export function machineIsRefused({
  host,
  machine,
  distribution,
  known,
}: OnHost & KnownInstead & { readonly machine: string; readonly distribution: string }): Message {
  const all = known.join(', ')
  return {
    en: {
      found: machine,
      wanted: all,
      message: `${distribution} has no programs for ${machine}, which ${host} is.`,
      advice: `Take one of ${all}.`,
    },
    zh: {
      found: machine,
      wanted: all,
      message: `${distribution} 不支持节点 ${host} 的架构 ${machine}。`,
      advice: `请选择：${all}。`,
    },
  }
}
