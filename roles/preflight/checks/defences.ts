import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import * as messages from '../messages/index.ts'
import { mended, type Check } from '../subject.ts'

/** What will be changed of SELinux. */
export const selinux: Check = {
  name: 'selinux',
  judge({ name: host, survey, tuning }) {
    if (survey.selinux !== 'enforcing') return []
    const task = tuning.selinux === 'permissive' ? tuningTasks.selinux : undefined
    return [mended(task, 'warning', (mends) => messages.selinuxEnforces({ host, task: mends }))]
  },
}

/** What will be changed of the firewall. */
export const firewall: Check = {
  name: 'firewall',
  judge({ name: host, survey, tuning }) {
    if (survey.firewall === undefined) return []
    const tasks = { open: tuningTasks.firewallOpen, off: tuningTasks.firewallOff, keep: undefined } as const
    const about = { host, firewall: survey.firewall, choice: tuning.firewall }
    return [
      mended(tasks[tuning.firewall], 'warning', (task) => messages.firewallIsActive({ ...about, task })),
    ]
  },
}

/** What will be changed of swap. */
export const swap: Check = {
  name: 'swap',
  judge({ name: host, survey, tuning }) {
    const devices = [...new Set([...survey.swap.live, ...survey.swap.atBoot])]
    if (devices.length === 0) return []
    const task = tuning.swap === 'off' ? tuningTasks.swap : undefined
    return [mended(task, 'warning', (mends) => messages.swapIsOn({ host, devices, task: mends }))]
  },
}
