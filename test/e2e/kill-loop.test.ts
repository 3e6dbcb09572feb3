import type { StampedEvent } from '../../lib/report/events.ts'
import { readFileSync } from 'node:fs'
import { afterEntries, afterEvents, KillGround, type KillPoint } from '../playbooks/kill-ground.ts'
import { idOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('e2e/kill-loop')
const long = { timeoutMs: 90 * 60_000 }
const withoutPackage = ['--skip-tags', 'package']

test(
  'killed after any task, a run is resumed to its end, and reverted to the beginning, as if undisturbed',
  async () => {
    await tryAll([], ({ undisturbed: { events } }) => momentsOf(events).map(afterEvents))
  },
  long,
)

test(
  'killed after any entry in the journal of a host, so before, in and after each of its changes, likewise',
  async () => {
    await tryAll(withoutPackage, (ground) => {
      return upTo(entriesOf(ground, 'node1')).map((count) => afterEntries('node1', count))
    })
  },
  long,
)

test(
  'killed while a package comes, likewise',
  async () => {
    await tryAll([], (ground) => {
      const last = entriesOf(ground, 'node3')
      return [last - 2, last - 1, last].map((count) => afterEntries('node3', count))
    })
  },
  long,
)

/** Tries both ways on from each point; what fails gets fresh hosts for the rest, and is told of at the end. */
async function tryAll(
  args: readonly string[],
  pointsOf: (ground: KillGround) => readonly KillPoint[],
): Promise<void> {
  const started = performance.now()
  const failures: string[] = []
  let ground = await KillGround.create('twelve', 3, args)
  const points = pointsOf(ground)
  try {
    for (const [index, point] of points.entries()) {
      for (const way of ['resumes', 'reverts'] as const) {
        try {
          await ground[way](point)
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error))
          console.log(`  failed: ${failures.at(-1)}`)
          await ground.lab.destroy()
          ground = await KillGround.create('twelve', 3, args)
        }
      }
      if (index % 10 === 9) console.log(`  ${index + 1} of ${points.length} kill points, ${since(started)} s`)
    }
  } finally {
    await ground.lab.destroy()
  }
  console.log(
    `  ${points.length} kill points, each resumed and reverted: ${failures.length} failures, ${since(started)} s`,
  )
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
}

/** After which of the tasks and resources, counted over all hosts; one that the end of its task follows is left out. */
function momentsOf(events: readonly StampedEvent[]): readonly number[] {
  const told = events.filter(({ type }) => type === 'task' || type === 'resource')
  return upTo(told.length).filter((count) => {
    const [event, next] = [told[count - 1], told[count]]
    return event?.type === 'task' || next?.type !== 'task' || next.host !== event?.host
  })
}

function entriesOf({ playbook, undisturbed }: KillGround, host: string): number {
  const undone = /"type":"(?:undoing|undone|kept)"/
  const lines = readFileSync(playbook.journalFile(idOf(undisturbed), host), 'utf8')
    .split('\n')
    .slice(0, -1)
  return lines.filter((line) => !undone.test(line)).length
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function since(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(0)
}
