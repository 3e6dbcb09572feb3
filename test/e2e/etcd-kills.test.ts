import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import { EtcdClient } from '../playbooks/etcd-client.ts'
import { EtcdLab, membersOf, newer, older, type Cast } from '../playbooks/etcd-lab.ts'
import { countOf, expectCode, type PlaybookOnLab } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('e2e: the controller is killed at every step that changes members of etcd')
const long = { timeoutMs: 60 * 60_000 }
let lab: EtcdLab

test.before(async () => {
  lab = await EtcdLab.create({ hosts: 5 })
})
test.after(() => lab[Symbol.asyncDispose]())

const three: Cast = { members: [1, 2, 3], clients: [5] }
const four: Cast = { members: [1, 2, 3, 4], clients: [5] }
const replaced: Cast = { members: [1, 2, 4], clients: [5] }
const voters = (numbers: readonly number[], version: string) =>
  Object.fromEntries(numbers.map((number) => [`node${number}`, `voter ${version}`]))

const addressOf = (number: number) =>
  new RegExp(`^node${number} ansible_host=(\\S+)`, 'm').exec(lab.lab.inventory)?.[1] ?? ''
const endpoints = () => [1, 2, 3, 4].map((number) => `https://${addressOf(number)}:2379`)

/** What is disturbed, from which members on, and what it comes to. */
interface Story {
  readonly before: Cast
  readonly version: string
  readonly run: () => PlaybookOnLab
  readonly args: readonly string[]
  readonly after: Readonly<Record<string, string>>
  readonly status: Cast
  readonly prepare?: () => Promise<void>
}

const stories: Readonly<Record<string, Story>> = {
  'a member joins': {
    before: three,
    version: older,
    run: () => lab.on(four),
    args: ['scale'],
    after: voters([1, 2, 3, 4], older),
    status: four,
  },
  'the members are upgraded': {
    before: three,
    version: older,
    run: () => lab.on(three, { 'etcd.version': newer }),
    args: ['upgrade'],
    after: voters([1, 2, 3], newer),
    status: three,
  },
  'a member that is gone is replaced': {
    before: three,
    version: older,
    run: () => lab.on(replaced),
    args: ['scale'],
    after: voters([1, 2, 4], older),
    status: replaced,
    async prepare() {
      const gone = ['scale', '-e', 'node=node3', '-e', 'node_is_gone=true']
      // It comes back to be wiped, and a boot would wait for a member that the others have given up.
      await lab.host(3).must('systemctl disable -q etcd')
      await lab.host(3).powerOff()
      expectCode(await lab.on(three).run(gone), 0, 'Giving it up')
    },
  },
}

/** A cluster as new, with a client that writes. */
async function begun({ before, prepare }: Story): Promise<EtcdClient> {
  await wiped()
  expectCode(await lab.on(before).run(['create']), 0, 'The cluster')
  const client = new EtcdClient(lab.host(5), endpoints())
  await client.start(lab.archiveUrl(older))
  await prepare?.()
  return client
}

async function wiped(): Promise<void> {
  await Promise.all(
    [1, 2, 3, 4, 5].map(async (number) => {
      const host = lab.host(number)
      if ((await host.run('true').catch(() => undefined)) === undefined) await host.powerOn()
      await host.must(`touch /root/etcd-client/stop 2> /dev/null; sleep 1; systemctl disable -q --now etcd 2> /dev/null
rm -rf /var/lib/etcd* /etc/etcd /etc/systemd/system/etcd.service /usr/local/bin/etcd* /var/lib/troupe /run/troupe
systemctl daemon-reload`)
    }),
  )
}

/** The beginnings of all tasks of an undisturbed run that may change something. */
function pointsOf(events: readonly StampedEvent[]): readonly string[] {
  const changing = new Set(
    events.flatMap((event) => {
      return event.type === 'task' && event.status === 'changed' ? [pointOf(event)] : []
    }),
  )
  const begun = events.flatMap((event) => (event.type === 'task-started' ? [pointOf(event)] : []))
  return [...new Set(begun)].filter((point) => changing.has(point))
}

const pointOf = ({ stage, host, task }: StampedEvent) => `${stage}: ${host}: ${task}`

for (const [what, story] of Object.entries(stories)) {
  test(
    `while ${what}: --resume completes, the membership is right, and no acknowledged key is lost`,
    async () => {
      const first = await begun(story)
      const whole = await story.run().run(story.args)
      expectCode(whole, 0, 'The undisturbed run')
      await first.stop()
      const points = pointsOf(whole.events)
      const failures: string[] = []
      let keys = 0
      for (const point of points) {
        try {
          const client = await begun(story)
          const run = story.run()
          // As soon as it has changed something.
          await run.killed((event) => event.type === 'resource' && pointOf(event) === point, story.args)
          expectCode(await run.run([...story.args, '--resume']), 0, 'The resume')
          assert.equal(await membersOf(lab.on(story.status, { 'etcd.version': newer })), story.after)
          assert.is(countOf(await run.run(story.args), 'changed'), what.includes('upgraded') ? 1 : 0)
          const { acknowledged } = await client.stop()
          const held = await client.held()
          keys += acknowledged.length
          assert.equal(
            acknowledged.filter((number) => !held.has(number)),
            [],
          )
          console.log(`  ${point}: ${acknowledged.length} keys`)
        } catch (error) {
          failures.push(`${point}: ${error instanceof Error ? error.message : String(error)}`)
          console.log(`  failed: ${failures.at(-1)}`)
        }
      }
      console.log(
        `${what}: ${points.length - failures.length} of ${points.length} kills; ${keys} keys, none lost`,
      )
      assert.equal(failures, [])
    },
    long,
  )
}
