import * as assert from 'uvu/assert'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KindCase } from '../kinds/case.ts'
import { allCases, fakeOnly, kindsWithoutCase } from '../kinds/index.ts'
import { lawTable, type LawRow } from '../kinds/law-table.ts'
import type { System } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { PlaybookOnLab } from '../playbooks/on-lab.ts'
import { goesBack, hasNothingToDo, repairsItself, runsAsForetold } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('every kind of resource on real hosts')
const systems = [...new Set(allCases.map(systemOf))]
const rows: LawRow[] = []
let lab: Lab
let server: Server
let playbook: PlaybookOnLab
let serves: KindCase['serves'] = {}

function systemOf({ system = 'bookworm' }: KindCase): System {
  return system
}

test.before(async () => {
  lab = await createLab({ hosts: systems.length, os: systems })
  playbook = new PlaybookOnLab(lab, 'kind')
  server = createServer((request, response) => {
    const content = serves?.[request.url ?? '']
    response.writeHead(content === undefined ? 404 : 200).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, lab.controllerAddress, resolve))
})

test.after(async () => {
  console.log(`\n${lawTable(rows, fakeOnly)}`)
  server.close()
  await lab.destroy()
})

function groundOf(each: KindCase, host: LabHost): LabGround {
  const { port } = server.address() as AddressInfo
  const vars = { kind: { title: each.title, served: `http://${lab.controllerAddress}:${port}` } }
  const { noise = [] } = each
  return new LabGround(playbook, [host], ['-e', JSON.stringify(vars)], (line) =>
    noise.some((known) => known.line.test(line)),
  )
}

async function keepsLawsOn(each: KindCase, host: LabHost, row: LawRow): Promise<void> {
  const around = { host: host.address, served: '' }
  const last = each.resources(around).at(-1)
  if (last === undefined) throw new TypeError(`The case "${each.title}" has no resource.`)
  if (each.prepare !== undefined) await host.must(each.prepare, { timeoutMs: 300_000 })
  serves = each.serves
  const ground = groundOf(each, host)
  const found = await ground.fingerprint()

  await runsAsForetold(ground)
  row.honest = '✔'
  await hasNothingToDo(ground)
  row.idempotent = '✔'
  if (each.oneWay !== undefined) {
    const { kept } = await ground.revert()
    assert.match(kept[last.id] ?? 'it was not kept', each.oneWay)
    row.reversible = `one way: ${kept[last.id]}`
    await ground.run()
  } else {
    await goesBack(ground, found)
    row.reversible = '✔'
    await ground.run()
  }
  const damages = each.damages.map((damage) => ({
    title: damage,
    repairs: [last.id],
    do: () => host.must(damage),
  }))
  await repairsItself(ground, damages)
  row.repairs = each.damages.length > 0 ? '✔' : 'an event'
  if (each.oneWay !== undefined) return
  // The next case finds the host as this one did.
  await goesBack(ground, found)
}

for (const each of allCases) {
  test(
    each.title,
    async () => {
      const row: LawRow = { kind: each.kind, title: each.title }
      rows.push(row)
      const host = lab.hosts[systems.indexOf(systemOf(each))]
      assert.ok(host)
      await keepsLawsOn(each, host, row)
    },
    { timeoutMs: 300_000 },
  )
}

test('every kind is shown here, or says why it cannot be', () => assert.equal(kindsWithoutCase(), []))
