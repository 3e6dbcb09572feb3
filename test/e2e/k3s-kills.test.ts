import type { StampedEvent } from '../../lib/report/events.ts'
import { kubeNodesOf, K3sLab } from '../playbooks/k3s-lab.ts'
import { countOf, expectCode, type PlaybookOnLab } from '../playbooks/on-lab.ts'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

// The program that these hosts get is a stand-in for k3s: it speaks its join protocol, and runs no containers.
const test = suite('e2e: an install that is disturbed at each of its gates (stand-in)')
const long = { timeoutMs: 60 * 60_000 }
const whole = {
  node1: 'server voter ready',
  node2: 'server voter ready',
  node3: 'server voter ready',
  node4: 'agent ready',
}
const vars = { connection: { patience: '6s' } }
let lab: K3sLab
let points: readonly Point[] = []

/** Where an install is disturbed: at the beginning of a task on a host. */
interface Point {
  readonly host: string
  readonly task: string
}

test.before(async () => {
  lab = await K3sLab.create({ hosts: 4 })
  const run = await install().run()
  expectCode(run, 0, 'The undisturbed install')
  const at = run.events.findIndex(({ stage }) => stage === 'Start the initial server')
  points = run.events.slice(at).flatMap((event) => {
    return event.type === 'task-started' && isPoint(event.task ?? '')
      ? [{ host: event.host ?? '', task: event.task ?? '' }]
      : []
  })
  console.log(`${points.length} points: ${points.map(({ host, task }) => `${host} ${task}`).join('; ')}`)
})
test.after(() => lab[Symbol.asyncDispose]())

const isPoint = (task: string) => /^(Hold|Configure|Run|The|All)\b/.test(task)
const install = (): PlaybookOnLab => lab.playbook('install', lab.inventory({ servers: 3, agents: 1 }, vars))
const numberOf = (host: string) => Number(host.slice(-1))

/** Each way in which something goes wrong at a point, and how it is mended before the run goes on. */
const disturbances: Readonly<
  Record<string, (run: PlaybookOnLab, at: (event: StampedEvent) => boolean, host: number) => Promise<void>>
> = {
  'the controller is killed': async (run, at) => void (await run.killed(at)),
  'the host is powered off': async (run, at, number) => {
    await disturbed(run, at, () => lab.host(number).powerOff())
    await lab.host(number).powerOn()
  },
  'the cable of the host is cut': async (run, at, number) => {
    await disturbed(run, at, () => lab.host(number).cutNetwork())
    await lab.host(number).restoreNetwork()
  },
}

async function disturbed(
  run: PlaybookOnLab,
  at: (event: StampedEvent) => boolean,
  disturb: () => Promise<void>,
) {
  let done: Promise<void> | undefined
  const { code } = await run.run([], (event) => {
    if (done === undefined && at(event)) done = disturb()
  })
  if (done === undefined) throw new Error(`The run was over, with ${code}, before it could be disturbed.`)
  await done
}

for (const [what, disturb] of Object.entries(disturbances)) {
  test(
    `${what} at each of them: --resume completes, and etcd has exactly its members`,
    async () => {
      const failures: string[] = []
      for (const point of points) {
        try {
          await lab.wipe()
          const run = install()
          await disturb(
            run,
            (event) =>
              event.type === 'task-started' && event.host === point.host && event.task === point.task,
            numberOf(point.host),
          )
          const resumed = await run.resume()
          expectCode(resumed, 0, 'The resume')
          assert.equal(await kubeNodesOf(lab.host(1)), whole)
          const second = await run.run()
          assert.is(countOf(second, 'changed'), 0)
        } catch (error) {
          failures.push(
            `${point.host}, ${point.task}: ${error instanceof Error ? error.message : String(error)}`,
          )
          console.log(`  failed: ${failures.at(-1)}`)
        }
      }
      console.log(`${what}: ${points.length - failures.length} of ${points.length} went on to the end`)
      assert.equal(failures, [])
    },
    long,
  )
}
