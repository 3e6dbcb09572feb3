import * as assert from 'uvu/assert'
import { EtcdClient } from '../playbooks/etcd-client.ts'
import { EtcdLab, membersOf, newer, older, type Cast } from '../playbooks/etcd-lab.ts'
import { expectCode } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('e2e: the life of a cluster of etcd, while a client writes')
const long = { timeoutMs: 30 * 60_000 }
/** Host 7 asks, and is none of the members. */
const [three, five, replaced]: readonly Cast[] = [
  { members: [1, 2, 3], clients: [7] },
  { members: [1, 2, 3, 4, 5], clients: [7] },
  { members: [1, 2, 6], clients: [7] },
] as const
/** An election, with the vote that it begins with lost once. */
const electionMs = 3000
let lab: EtcdLab
let client: EtcdClient

test.before(async () => {
  lab = await EtcdLab.create({ hosts: 7 })
  const run = await lab.on(three!).run(['create'])
  expectCode(run, 0, 'The cluster')
  const urls = [1, 2, 3, 4, 5, 6].map((number) => `https://${addressOf(number)}:2379`)
  client = new EtcdClient(lab.host(7), urls)
  await client.start(lab.archiveUrl(older))
})
test.after(() => lab[Symbol.asyncDispose]())

const addressOf = (number: number) =>
  new RegExp(`^node${number} ansible_host=(\\S+)`, 'm').exec(lab.lab.inventory)?.[1] ?? ''

async function does(
  what: string,
  cast: Cast,
  args: readonly string[],
  version: string = newer,
): Promise<void> {
  const started = performance.now()
  expectCode(await lab.on(cast, { 'etcd.version': version }).run(args), 0, what)
  console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

const voters = (numbers: readonly number[], version: string) =>
  Object.fromEntries(numbers.map((number) => [`node${number}`, `voter ${version}`]))

test(
  'scaled, upgraded, renewed, with another authority and another member: every acknowledged key is there',
  async () => {
    await does('3 → 5 members', five!, ['scale'], older)
    assert.equal(await membersOf(lab.on(five!)), voters([1, 2, 3, 4, 5], older))
    await does('5 → 3 members', five!, ['scale', '-e', 'node=node4,node5'], older)
    await does(`${older} → ${newer}`, three!, ['upgrade'])
    assert.equal(await membersOf(lab.on(three!)), voters([1, 2, 3], newer))
    await does('renewal', three!, ['renew'])
    await does('another authority', three!, ['replace-authority'])
    await lab.host(3).powerOff()
    await does('3 → 2 members, one of them off', three!, [
      'scale',
      '-e',
      'node=node3',
      '-e',
      'node_is_gone=true',
    ])
    await does('another member in its place', replaced!, ['scale'])
    assert.equal(await membersOf(lab.on(replaced!, { 'etcd.version': newer })), voters([1, 2, 6], newer))
    const { acknowledged, longest, refused } = await client.stop()
    const held = await client.held()
    const lost = acknowledged.filter((number) => !held.has(number))
    console.log(
      `${acknowledged.length} keys acknowledged, ${lost.length} of them lost; asked again ${refused} times; longest pause ${longest.ms} ms, before key ${longest.at}`,
    )
    assert.equal(lost, [])
    assert.ok(acknowledged.length > 1000, `only ${acknowledged.length} keys were written`)
    assert.ok(longest.ms < electionMs, `a pause of ${longest.ms} ms`)
  },
  long,
)
