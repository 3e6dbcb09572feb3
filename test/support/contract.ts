import * as assert from 'uvu/assert'
import { kindOf, type Inputs, type Kind, type Resource } from '../../lib/task/kind.ts'
import { same, type State } from '../../lib/task/state.ts'
import { completed } from './bring.ts'
import type { FakeHost } from './fake-host.ts'

/** A resource on a host that is not yet as it wants. */
export interface ContractCase {
  readonly host: FakeHost
  readonly resource: Resource
  /** What it reacts to, as of the run and as of its revert. */
  readonly inputs?: Inputs
  readonly inputsBefore?: Inputs
  readonly roleFolder?: string
  /** Texts that no state may hold. */
  readonly hidden?: readonly string[]
  /** Answers that a host in another process needs again. */
  readonly fixtures?: (host: FakeHost) => void
}

interface Told extends ContractCase {
  readonly kind: Kind
  readonly spec: object
}

/** The promises of a kind of resource, on one example: honest, idempotent, reversible, wherever it is killed. */
export async function keepsContract(example: ContractCase): Promise<void> {
  const kind = kindOf(example.resource.kind)
  const resource = await completed(example.resource, example.roleFolder)
  const told: Told = { ...example, resource, kind, spec: resource.spec }
  const start = example.host.snapshot()

  const from = await look(example.host, told)
  assert.equal(example.host.traffic.writes, [], 'reading wrote something')
  const to = wanted(example.host, told, from)
  assert.not(same(from, to), `${resource.id} has nothing to do: ${JSON.stringify(from)}`)
  assertSame(wanted(example.host, told, to), to, 'want(want(s)) is not want(s)')

  const done = another(told)
  await bring(done, told)
  const after = await look(done, told)
  assertSame(wanted(done, told, after), after, 'what was applied is not what is wanted')
  for (const state of [from, to, after]) assertPlain(state, told.hidden ?? [])
  const end = done.snapshot()
  await kind.apply(done, resource.ref, { from, to })
  assert.equal(done.snapshot(), end, 'applying it again does harm')

  await assertUndone({ ...told, host: done }, from, start, 'the revert')
  await killedEverywhere(told, from, { start, end })
  await revertKilledEverywhere({ ...told, host: done }, from, start)
}

/** Ends the process before each write in turn; another one goes on, or goes back. */
async function killedEverywhere(
  told: Told,
  from: State,
  { start, end }: { readonly start: object; readonly end: object },
): Promise<void> {
  for (let writes = 0; ; writes++) {
    const killed = another(told)
    if (await bring(killed, told, writes)) return
    const where = `killed after ${writes} writes`

    const resumed = another({ ...told, host: killed })
    await bring(resumed, told)
    const now = await look(resumed, told)
    assertSame(wanted(resumed, told, now), now, `${where}, it cannot be resumed`)
    assert.equal(resumed.snapshot(), end, `${where} and resumed, the host is not the same`)

    await assertUndone({ ...told, host: killed }, from, start, where)
  }
}

/** Ends the process that goes back before each write in turn; another one goes back all the way. */
async function revertKilledEverywhere(told: Told, from: State, start: object): Promise<void> {
  for (let writes = 0; ; writes++) {
    const killed = another(told)
    if (await within(killed, writes, () => goBack(killed, told, from))) return
    await assertUndone({ ...told, host: killed }, from, start, `its revert killed after ${writes} writes`)
  }
}

/** Reads and applies; with a number of writes, whether that many were enough. */
async function bring(host: FakeHost, told: Told, writes?: number): Promise<boolean> {
  const from = await look(host, told)
  const to = wanted(host, told, from)
  return within(host, writes, () => told.kind.apply(host, told.resource.ref, { from, to }))
}

async function within(
  host: FakeHost,
  writes: number | undefined,
  work: () => Promise<void>,
): Promise<boolean> {
  if (writes !== undefined) host.traffic.failAfter(writes)
  const before = host.traffic.writes.length
  try {
    await work()
    return true
  } catch (error) {
    if (writes === undefined || host.traffic.writes.length - before !== writes) throw error
    return false
  }
}

async function goBack(host: FakeHost, told: Told, to: State): Promise<void> {
  const { kind, resource, inputsBefore = {} } = told
  // As for a change that may be half done, which is put back whatever stands there.
  const change = { from: to, to, done: false }
  if (kind.settle?.needed(to) === true) await kind.settle.run(host, resource.ref, change, inputsBefore)
  else await kind.apply(host, resource.ref, { from: await look(host, told), to })
}

async function assertUndone(told: Told, to: State, start: object, what: string): Promise<void> {
  // A new process, which has no content in memory.
  const host = another(told)
  await goBack(host, told, to)
  assert.equal(host.snapshot(), start, `${what}: the host is not as before`)
  assertSame(await look(host, told), to, `${what}: it does not look as before`)
}

async function look(host: FakeHost, { kind, resource }: Told): Promise<State> {
  const [seen] = await kind.read(host, [resource.ref])
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error('nothing was read')
  return seen
}

function wanted(host: FakeHost, { kind, spec, inputs = {} }: Told, state: State): State {
  return kind.want(state, spec, {
    inputs,
    keep: (content) => host.keep(content),
    hashOf: (sum) => host.hashOf(sum),
  })
}

function another({ host, fixtures }: Pick<ContractCase, 'host' | 'fixtures'>): FakeHost {
  const copy = host.clone()
  fixtures?.(copy)
  return copy
}

function assertSame(actual: State, expected: State, message: string): void {
  assert.ok(
    same(actual, expected),
    `${message}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`,
  )
}

function assertPlain(state: State, hidden: readonly string[]): void {
  const text = JSON.stringify(state)
  assert.equal(
    JSON.parse(text),
    JSON.parse(JSON.stringify(structuredClone(state))),
    'the state is no plain JSON',
  )
  for (const secret of hidden) assert.not(text.includes(secret), `the state holds ${secret}: ${text}`)
}
