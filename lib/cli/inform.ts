import type { Playbook } from '../play/playbook.ts'
import { hostsOf } from '../play/stage-hosts.ts'
import type { Options } from './flags.ts'
import type { Ground } from './ground.ts'
import { list } from './list.ts'
import { tasksOf } from './listed-tasks.ts'

/** Answers what can be answered without any host: lists, and whether all is well formed. */
export async function informed(
  playbook: Playbook,
  file: string,
  { listHosts, listTasks, listTags }: Options,
  ground: Ground,
): Promise<string> {
  if (!listHosts && !listTasks && !listTags) return `playbook: ${file}\n`
  if (typeof playbook.stages === 'function')
    return `playbook: ${file}\n\n  decides on its stages as it runs\n`
  const stages = await Promise.all(
    playbook.stages.map(async (stage) => {
      const hosts = hostsOf(stage, ground)
      const tasks = listTasks || listTags ? await tasksOf(stage, hosts[0], ground) : []
      const pattern = typeof stage.hosts === 'string' ? stage.hosts : hosts
      return { title: stage.title, pattern, hosts, tags: stage.tags ?? [], tasks }
    }),
  )
  return list({ playbook: file, stages }, { hosts: listHosts, tasks: listTasks, tags: listTags })
}
