import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { drained, leftNode } from '../../../lib/kube/drained.ts'
import { kindOf, type Resource } from '../../../lib/task/kind.ts'
import type { State } from '../../../lib/task/state.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { suite } from '../../support/suite.ts'

const test = suite('kube/drained')
const name = 'node3'
const known = { name, kubectl: 'kubectl', password: `${name}.node-password.k3s`, deadlineMs: 60_000 }
const { enter, leave, mine } = drained({ ...known, blocked: 'stop' })

/** An API with one node, which a drain may hold up; it notes whatever is changed. */
class FakeApi {
  readonly done: string[] = []
  node: { unschedulable: boolean; annotations: Record<string, string> } | undefined = {
    unschedulable: false,
    annotations: {},
  }
  remembers = true
  /** What a drain says that cannot be ended. */
  blocked = ''

  readonly host = new FakeHost('h1')
    .on(/get node /, () => this.#asJson())
    .on(/get secret /, () => (this.remembers ? '{"kind":"Secret"}' : ''))
    .onChange(/^kubectl (?!get)/, (words) => this.#change(words.slice(1)))

  #asJson(): string {
    if (this.node === undefined) return ''
    const { unschedulable, annotations } = this.node
    const conditions = [{ type: 'Ready', status: 'True' }]
    return JSON.stringify({
      metadata: { name, annotations },
      spec: { unschedulable },
      status: { conditions },
    })
  }

  #change(words: readonly string[]) {
    this.done.push(words.join(' '))
    const [verb, , , annotation = ''] = words
    if (verb === 'delete') {
      if (words[1] === 'node') this.node = undefined
      else this.remembers = false
    }
    if (verb === 'cordon' || verb === 'uncordon') this.node!.unschedulable = verb === 'cordon'
    if (verb === 'annotate') {
      const [key = '', value] = annotation.split('=')
      if (value === undefined) delete this.node!.annotations[key.slice(0, -1)]
      else this.node!.annotations[key] = value
    }
    if (verb === 'drain' && this.blocked !== '' && !words.includes('--disable-eviction')) {
      return { code: 1, stderr: this.blocked }
    }
    return ''
  }
}

async function stateOf({ host }: FakeApi): Promise<State> {
  const [seen] = await kindOf('node').read(host, [enter.ref])
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error('Nothing was read.')
  return seen
}

async function bring(api: FakeApi, { ref, spec }: Resource): Promise<readonly string[]> {
  const from = await stateOf(api)
  const to = kindOf('node').want(from, spec, {} as never)
  const before = api.done.length
  await kindOf('node').apply(api.host, ref, { from, to })
  assert.equal(await stateOf(api), to)
  assert.equal(kindOf('node').want(to, spec, {} as never), to)
  return api.done.slice(before)
}

const drain = 'drain node3 --ignore-daemonsets --delete-emptydir-data --timeout=60s'

test('a node is marked, cordoned and drained; left, it is as before', async () => {
  const api = new FakeApi()
  assert.equal(await bring(api, enter), [
    'annotate node node3 troupe.dev/drained-by=troupe --overwrite',
    'cordon node3',
    drain,
    'annotate node node3 troupe.dev/emptied-by=troupe --overwrite',
  ])
  assert.ok(mine(await stateOf(api)))
  await bring(api, leave)
  assert.equal(api.node, { unschedulable: false, annotations: {} })
})

test("a human's cordon stays one, though the node is drained", async () => {
  const api = new FakeApi()
  api.node = { unschedulable: true, annotations: {} }
  assert.equal(await bring(api, enter), [
    drain,
    'annotate node node3 troupe.dev/emptied-by=troupe --overwrite',
  ])
  assert.ok(mine(await stateOf(api)))
  await bring(api, leave)
  assert.equal(api.node, { unschedulable: true, annotations: {} })
})

test('a drain that is held up ends there; what had been begun is ours, and done by the next run', async () => {
  const api = new FakeApi()
  api.blocked = "Cannot evict pod as it would violate the pod's disruption budget."
  await rejects(bring(api, enter), /could not be emptied within 60 s:\nCannot evict pod/)
  assert.equal(await stateOf(api), { is: 'node', cordoned: true, ours: true, empty: false })
  api.blocked = ''
  assert.is((await bring(api, enter))[1], drain)
})

test('by force, what is held up is deleted', async () => {
  const api = new FakeApi()
  api.blocked = 'Cannot evict pod'
  const done = await bring(api, drained({ ...known, blocked: 'force' }).enter)
  assert.equal(
    done.filter((line) => line.startsWith('drain')),
    [drain, `${drain} --disable-eviction --force`],
  )
})

test('a node leaves with the secret that it was known by, also where that is all there is', async () => {
  const left = leftNode({ ...known, blocked: 'stop', evenIfReady: true })
  const api = new FakeApi()
  await bring(api, left)
  assert.equal([api.node, api.remembers], [undefined, false])
  api.remembers = true
  assert.equal(await stateOf(api), { is: 'remembered' })
  await bring(api, left)
  assert.not(mine(await stateOf(api)))
})
