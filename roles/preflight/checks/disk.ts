import { freeShare } from '../../../lib/cluster/requirements.ts'
import * as messages from '../messages/index.ts'
import { gigabytes } from '../sizes.ts'
import { fatal, warning, type Check, type Found, type Subject } from '../subject.ts'
import type { Disk } from '../survey-parts.ts'
import { requirements } from './hardware.ts'

/** So much of the places for files has to be free, in percent. */
const leastInodes = 5

/** One file system with all that is to stand on it. */
interface Load {
  readonly disk: Disk
  readonly paths: string[]
  least: number
  advised: number
}

/** Room on every file system that something of the cluster will stand on. */
export const disk: Check = {
  name: 'disk',
  judge: (subject) => loadsOf(subject).flatMap((load) => judged(subject.name, load)),
}

function loadsOf(subject: Subject): readonly Load[] {
  const loads = new Map<string, Load>()
  for (const { path, free } of requirements(subject).disks) {
    const found = subject.survey.disks.get(path)
    if (found === undefined) continue
    const load = loads.get(found.mount) ?? { disk: found, paths: [], least: 0, advised: 0 }
    loads.set(found.mount, load)
    load.paths.push(path)
    load.least += free.least
    load.advised += free.advised
  }
  return [...loads.values()]
}

function judged(host: string, { disk: found, paths, least, advised }: Load): readonly Found[] {
  const { mount, freeKb, sizeKb, freeInodes } = found
  const free = freeKb * 1024
  const about = { host, mount, path: paths.join(', '), found: gigabytes(free) }
  if (free < least) return [fatal(messages.diskIsFull({ ...about, wanted: gigabytes(least) }))]
  if (freeInodes !== undefined && freeInodes < leastInodes) {
    return [
      fatal(messages.inodesRunOut({ host, mount, found: `${freeInodes} %`, wanted: `${leastInodes} %` })),
    ]
  }
  const share = sizeKb * 1024 * freeShare.advised
  if (free < share || free < advised)
    return [warning(messages.diskIsSmall({ ...about, wanted: gigabytes(Math.max(share, advised)) }))]
  return []
}
