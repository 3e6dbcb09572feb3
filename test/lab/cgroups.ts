import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { signal } from './processes.ts'
import { waitFor } from './wait.ts'

/** One folder in every cgroup hierarchy of the machine; whatever it starts stays inside. */
export type Cgroup = readonly string[]

/** The group this process is in, in every hierarchy: v1 controllers, the named one of systemd, and v2. */
export function ownCgroup(): Cgroup {
  const paths = new Map(
    readFileSync('/proc/self/cgroup', 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const [, controllers = '', ...path] = line.split(':')
        return [controllers, path.join(':')]
      }),
  )
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [mount = '', source = ''] = line.split(' - ')
      const [, , , root = '/', at = ''] = mount.split(' ')
      const [type, , options = ''] = source.split(' ')
      const found = [...paths].find(([controllers]) =>
        type === 'cgroup2' ? controllers === '' : type === 'cgroup' && sameHierarchy(controllers, options),
      )
      return found === undefined ? [] : [join(at, root === '/' ? (found[1] ?? '/') : '/')]
    })
}

function sameHierarchy(controllers: string, mountOptions: string): boolean {
  const options = mountOptions.split(',')
  return controllers !== '' && controllers.split(',').every((controller) => options.includes(controller))
}

export function childCgroup(parent: Cgroup, name: string): Cgroup {
  return parent.map((path) => join(path, name))
}

export function makeCgroup(cgroup: Cgroup): void {
  for (const path of cgroup) {
    mkdirSync(path, { recursive: true })
    // A group without processors or memory nodes takes no process.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const above = join(dirname(path), file)
      if (existsSync(above) && existsSync(join(path, file)))
        writeFileSync(join(path, file), readFileSync(above))
    }
  }
}

/** The processes of a group and of all groups below it. */
export function membersOf([path = '']: Cgroup): readonly number[] {
  // Every process is somewhere in every hierarchy, so the first one knows them all.
  const pids = groupsBelow(path).flatMap((path) => {
    try {
      return readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
    } catch {
      return []
    }
  })
  return [...new Set(pids)].filter((pid) => pid > 0)
}

/** Ends every process of the group and takes the group away. */
export async function removeCgroup(cgroup: Cgroup): Promise<void> {
  await killMembers(cgroup)
  await waitFor(`removal of ${cgroup[0]}`, 10_000, () => {
    const left = cgroup.flatMap(groupsBelow).filter((path) => !removed(path))
    return left.length === 0 ? true : undefined
  })
}

export async function killMembers(cgroup: Cgroup): Promise<void> {
  await waitFor(`end of the processes in ${cgroup[0]}`, 20_000, () => {
    const members = membersOf(cgroup)
    for (const pid of members) signal(pid, 'SIGKILL')
    return members.length === 0 ? true : undefined
  })
}

// Deepest first, the order in which groups can be removed.
function groupsBelow(path: string): readonly string[] {
  try {
    const children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [...children.flatMap((entry) => groupsBelow(join(path, entry.name))), path]
  } catch {
    return []
  }
}

function removed(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
