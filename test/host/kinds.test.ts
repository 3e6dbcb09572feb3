import * as assert from 'uvu/assert'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { defineRole } from '../../lib/play/role.ts'
import { defineVars } from '../../lib/vars/schema.ts'
import type { KindCase } from '../kinds/case.ts'
import { allCases, fakeOnly, kindsWithoutCase } from '../kinds/index.ts'
import { lawTable, type LawRow } from '../kinds/law-table.ts'
import type { System } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { ClusterOnLab, LabCluster } from '../playbooks/lab-cluster.ts'
import { goesBack, hasNothingToDo, repairsItself, runsAsForetold } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('every kind of resource on real hosts')
/** Cases of one system share its hosts, so that two are tried at a time. */
const hostsOfSystem: Readonly<Record<System, number>> = {
  bookworm: 2,
  trixie: 1,
  busybox: 1,
  'bookworm-bare': 1,
}
const systems = [...new Set(allCases.map(systemOf))].flatMap((system) =>
  Array.from({ length: hostsOfSystem[system] }, () => system),
)
/** `KINDS=sysctl,mount npm test -- host/kinds` tries only these. */
const wanted = process.env['KINDS']?.split(',')
const cases = allCases.filter(({ kind }) => wanted?.includes(kind) ?? true)
const rows: LawRow[] = []
const left = [...cases]
const outcomes = new Map<KindCase, PromiseWithResolvers>()
let lab: Lab
let server: Server

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly settle: (work: Promise<void>) => void
}

function deferred(): PromiseWithResolvers {
  let settle: (work: Promise<void>) => void = () => undefined
  const promise = new Promise<void>((resolve) => (settle = resolve))
  promise.catch(() => undefined)
  return { promise, settle }
}

function systemOf({ system = 'bookworm' }: KindCase): System {
  return system
}

test.before(async () => {
  for (const each of allCases) outcomes.set(each, deferred())
  lab = await createLab({ hosts: systems.length, os: systems })
  server = createServer((request, response) => {
    const [, index = '', path = ''] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? []
    const content = allCases[Number(index)]?.serves?.[path]
    response.writeHead(content === undefined ? 404 : 200).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, lab.controllerAddress, resolve))
  for (const host of lab.hosts) void tryAllOn(host)
})

test.after(async () => {
  console.log(`\n${lawTable(rows, fakeOnly)}`)
  server.close()
  await lab.destroy()
})

/** One case after the other, as long as there is one for its system. */
async function tryAllOn(host: LabHost): Promise<void> {
  const index = left.findIndex((each) => systemOf(each) === host.record.system)
  const [each] = index < 0 ? [] : left.splice(index, 1)
  if (each === undefined) return
  const row: LawRow = { kind: each.kind, title: each.title }
  rows.push(row)
  const work = keepsLawsOn(each, host, row)
  outcomes.get(each)?.settle(work)
  await work.catch(() => undefined)
  await tryAllOn(host)
}

function groundOf(each: KindCase, host: LabHost): ClusterOnLab {
  const { port } = server.address() as AddressInfo
  const served = `http://${lab.controllerAddress}:${port}/${allCases.indexOf(each)}`
  const role = defineRole({
    name: 'kind',
    folder: join(import.meta.dirname, '../kinds'),
    vars: defineVars({}),
    async tasks({ task }) {
      await task(each.title, ...each.resources({ host: host.address, served }))
    },
  })
  const { noise = [] } = each
  return new ClusterOnLab(new LabCluster(lab, [host]), role, (line) =>
    noise.some((known) => known.line.test(line)),
  )
}

async function keepsLawsOn(each: KindCase, host: LabHost, row: LawRow): Promise<void> {
  const last = each.resources({ host: host.address, served: '' }).at(-1)
  if (last === undefined) throw new TypeError(`The case "${each.title}" has no resource.`)
  if (each.prepare !== undefined) await host.must(each.prepare, { timeoutMs: 300_000 })
  const ground = groundOf(each, host)
  const found = await ground.fingerprint()

  await runsAsForetold(ground)
  row.honest = '✔'
  await hasNothingToDo(ground)
  row.idempotent = '✔'
  if (each.oneWay === undefined) await goesBack(ground, found)
  else {
    const { kept } = await ground.revert()
    assert.match(kept[last.id] ?? 'it was not kept', each.oneWay)
  }
  row.reversible = each.oneWay === undefined ? '✔' : `one way: ${each.oneWay.source}`
  await ground.run()
  const damages = each.damages.map((damage) => ({
    title: damage,
    repairs: [last.id],
    do: () => host.must(damage),
  }))
  await repairsItself(ground, damages)
  row.repairs = each.damages.length > 0 ? '✔' : 'an event'
  // The next case finds the host as this one did, though nobody has the runs any more.
  ground.loseRuns()
  if (each.oneWay === undefined) await goesBack(ground, found)
  else await ground.revert()
}

for (const each of cases) {
  test(each.title, () => outcomes.get(each)?.promise, { timeoutMs: 15 * 60_000 })
}

test('every kind is shown here, or says why it cannot be', () => assert.equal(kindsWithoutCase(), []))
