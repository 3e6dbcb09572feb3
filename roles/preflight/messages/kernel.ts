import { mendedBy, type Message, type OnHost } from './message.ts'

export function kernelIsOld({
  host,
  release,
  least,
}: OnHost & { readonly release: string; readonly least: string }): Message {
  return {
    en: {
      found: release,
      wanted: `${least} or newer`,
      message: `The kernel of ${host} is too old: ${release}, and ${least} is the least.`,
      advice: `Install a newer kernel on ${host} and boot it.`,
    },
    zh: {
      found: release,
      wanted: `${least} 或更高`,
      message: `节点 ${host} 内核检查失败：内核版本 ${release} 过低（最低要求：${least}）。`,
      advice: `请在 ${host} 上安装更新的内核并重启。`,
    },
  }
}

export function modulesAreMissing({
  host,
  modules,
}: OnHost & { readonly modules: readonly string[] }): Message {
  const all = modules.join(', ')
  return {
    en: {
      found: `no ${all}`,
      wanted: 'loaded, built in, or to be loaded',
      message: `The kernel of ${host} has no ${all}, neither built in nor as a module that could be loaded.`,
      advice: `Install the package with all modules of the running kernel, or boot a kernel that has them.`,
    },
    zh: {
      found: `没有 ${all}`,
      wanted: '已加载、内建或可加载',
      message: `节点 ${host} 内核检查失败：必要的内核模块 ${all} 既未内建也无法加载。`,
      advice: '请安装当前内核的完整模块包，或启动带有这些模块的内核。',
    },
  }
}

export function modulesAreToCome({
  host,
  modules,
  task,
}: OnHost & { readonly modules: readonly string[]; readonly task: string | undefined }): Message {
  const all = modules.join(', ')
  return {
    en: {
      found: `${all} not loaded`,
      wanted: 'loaded',
      message: `${host} has not loaded ${all} yet.`,
      advice:
        task === undefined ? `Load it, now and at boot: modprobe, /etc/modules-load.d.` : mendedBy.en(task),
    },
    zh: {
      found: `${all} 未加载`,
      wanted: '已加载',
      message: `节点 ${host} 尚未加载内核模块 ${all}。`,
      advice: task === undefined ? '请加载并持久化（modprobe、/etc/modules-load.d）。' : mendedBy.zh(task),
    },
  }
}

export function cgroupIsOld({
  host,
  kubernetes,
  refused,
}: OnHost & { readonly kubernetes: string; readonly refused: boolean }): Message {
  return {
    en: {
      found: 'cgroup v1',
      wanted: 'cgroup v2',
      message: refused
        ? `${host} has cgroup v1, and the kubelet of Kubernetes ${kubernetes} refuses to start on it.`
        : `${host} has cgroup v1, which Kubernetes ${kubernetes} still takes; 1.35 refuses it.`,
      advice: `Boot ${host} with systemd.unified_cgroup_hierarchy=1 on a kernel of 5.8 or newer.`,
    },
    zh: {
      found: 'cgroup v1',
      wanted: 'cgroup v2',
      message: refused
        ? `节点 ${host} 使用 cgroup v1，Kubernetes ${kubernetes} 的 kubelet 拒绝启动。`
        : `节点 ${host} 使用 cgroup v1，Kubernetes ${kubernetes} 仅维护支持，1.35 起拒绝启动。`,
      advice: `请在 5.8 或更高内核上以 systemd.unified_cgroup_hierarchy=1 启动 ${host}。`,
    },
  }
}

export function selinuxEnforces({ host, task }: OnHost & { readonly task: string | undefined }): Message {
  return {
    en: {
      found: 'enforcing',
      wanted: 'permissive',
      message: `SELinux is enforcing on ${host}.`,
      advice:
        task === undefined
          ? 'It stays so, as system_tuning.selinux says: install the policies of containers (container-selinux) with the runtime.'
          : mendedBy.en(task),
    },
    zh: {
      found: 'enforcing',
      wanted: 'permissive',
      message: `节点 ${host} 的 SELinux 处于 Enforcing 状态。`,
      advice:
        task === undefined
          ? '按照 system_tuning.selinux 保持不变：请随运行时安装 container-selinux 策略。'
          : mendedBy.zh(task),
    },
  }
}

export function swapIsOn({
  host,
  devices,
  task,
}: OnHost & { readonly devices: readonly string[]; readonly task: string | undefined }): Message {
  const all = devices.join(', ')
  return {
    en: {
      found: all,
      wanted: 'no swap',
      message: `${host} swaps, now or after a boot: ${all}.`,
      advice:
        task === undefined
          ? 'It stays so, as system_tuning.swap says: the kubelet has to be told with failSwapOn: false.'
          : mendedBy.en(task),
    },
    zh: {
      found: all,
      wanted: '关闭 Swap',
      message: `节点 ${host} 的 Swap 已开启：${all}。`,
      advice:
        task === undefined
          ? '按照 system_tuning.swap 保持不变：需要为 kubelet 设置 failSwapOn: false。'
          : mendedBy.zh(task),
    },
  }
}
