import { tuningTasks, type Tuning } from '../../../lib/cluster/tuning.ts'
import * as messages from '../messages/index.ts'
import { mended, type Check } from '../subject.ts'
import type { Survey } from '../survey.ts'

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
    const task = firewallTask(survey.firewall, tuning)
    const about = { host, firewall: survey.firewall, choice: tuning.firewall }
    return [mended(task, 'warning', (mends) => messages.firewallIsActive({ ...about, task: mends }))]
  },
}

/** The task that opens a firewall or turns it off; rules that nobody looks after are left to whoever wrote them. */
export function firewallTask(
  firewall: NonNullable<Survey['firewall']>,
  { firewall: choice }: Tuning,
): string | undefined {
  if (firewall === 'rules of its own' || choice === 'keep') return undefined
  return choice === 'off' ? tuningTasks.firewallOff : tuningTasks.firewallOpen
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
