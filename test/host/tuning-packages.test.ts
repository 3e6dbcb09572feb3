import * as assert from 'uvu/assert'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { hasNothingToDo, runsAsForetold } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('roles/system_tuning: packages on real hosts')
const timeoutMs = 400_000
/** All packages of a host, with how they stand. */
const packages = "dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\\n'"
let lab: Lab
let playbook: PlaybookOnLab

test.before(async () => {
  lab = await createLab({ hosts: 2, os: ['bookworm', 'trixie'] })
  playbook = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
})
test.after(() => lab.destroy())

const everywhere = (script: string) =>
  Promise.all(lab.hosts.map((host) => host.must(script, { timeoutMs: 120_000 })))

test(
  'Another time service gives way to chrony, and keeps the clock again after a revert',
  async () => {
    await everywhere('apt-get install -y --no-install-recommends systemd-timesyncd')
    const service = `systemctl is-enabled systemd-timesyncd; ${packages}`
    const before = await everywhere(service)
    const run = await playbook.run(['--tags', 'time-sync'])
    expectCode(run, 0, 'the run')
    for (const standing of await everywhere(`systemctl is-active chrony; ${packages}`)) {
      assert.match(standing, /^active\n/)
      assert.not.match(standing, /^installed systemd-timesyncd /m)
    }
    expectCode(await playbook.revert(run), 0, 'the revert')
    assert.equal(await everywhere(service), before)
  },
  { timeoutMs },
)

test(
  'The packages of a node come and go, but for those that were there',
  async () => {
    await everywhere('apt-get install -y --no-install-recommends socat')
    const before = await everywhere(packages)
    const ground = new LabGround(playbook, lab.hosts, ['--tags', 'packages'])
    await runsAsForetold(ground)
    await everywhere('conntrack --version && iscsiadm --version && mount.nfs -V && ipset --version')
    await hasNothingToDo(ground)
    assert.equal((await ground.revert()).failed, [])
    assert.equal(await everywhere(packages), before)
  },
  { timeoutMs },
)
