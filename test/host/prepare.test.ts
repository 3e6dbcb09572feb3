import * as assert from 'uvu/assert'
import { createLab, type Lab } from '../lab/lab.ts'
import { withoutAccounts } from '../playbooks/aftermath.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { hasNothingToDo, runsAsForetold } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('prepare, and the way back, on Debian 12 and 13')
const byHand = '192.0.2.99 written.by.hand'
/** All packages of a host, with how they stand. */
const packages = "dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\\n'"
const timeoutMs = 400_000
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 2, os: ['bookworm', 'trixie'] })
})
test.after(() => lab.destroy())

const everywhere = (script: string) =>
  Promise.all(lab.hosts.map((host) => host.must(script, { timeoutMs: 120_000 })))

test(
  'All of it is foretold, done once, and put back by a controller that has none of the runs, though that was killed',
  async () => {
    await everywhere(`${resting}\napt-get install -y --no-install-recommends socat`)
    const before = await everywhere(packages)
    const ground = new LabGround(new PlaybookOnLab(lab, 'playbooks/prepare.ts'), lab.hosts)
    const found = await ground.fingerprint()
    await runsAsForetold(ground)
    await everywhere('conntrack --version && iscsiadm --version && mount.nfs -V && ipset --version')
    await hasNothingToDo(ground)

    await everywhere(`echo '${byHand}' >> /etc/hosts`)
    const unprepare = () => new PlaybookOnLab(lab, 'playbooks/unprepare.ts')
    const check = await unprepare().check(['--detailed-exitcode'])
    expectCode(check, 3, 'The check')
    assert.ok(Object.keys(resourcesOf(check)).length > 15)
    await unprepare().killed((event) => event.type === 'resource' && event.kind === 'packages')
    expectCode(await unprepare().run(), 0, 'Putting back')
    assert.equal(await everywhere(packages), before)
    assert.match((await everywhere('cat /etc/hosts')).join(''), new RegExp(`${byHand}\n[^]*${byHand}\n`))
    await everywhere(`sed -i '/${byHand}/d' /etc/hosts\n${withoutAccounts}`)
    assert.equal(await ground.fingerprint(), found)

    const idle = await unprepare().run(['--detailed-exitcode'])
    expectCode(idle, 0, 'Putting back once more')
    assert.match(idle.stderr, 'There is nothing to put back')
  },
  { timeoutMs },
)

test(
  'Another time service gives way to chrony, and keeps the clock again after a revert',
  async () => {
    await everywhere('apt-get install -y --no-install-recommends systemd-timesyncd')
    const service = `systemctl is-enabled systemd-timesyncd; ${packages}`
    const before = await everywhere(service)
    const playbook = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
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

/** Forwarding sets others anew with each change, so they are to be as it leaves them. */
const resting = `
  for value in 1 0; do sysctl -q -w net.ipv4.ip_forward=$value; done`
