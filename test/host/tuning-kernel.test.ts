import * as assert from 'uvu/assert'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { keepsLawsInTurn, type Damage } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('roles/system_tuning on real hosts: kernel, logs, limits and all that needs no package')
const settings = '/etc/sysctl.d/99-troupe-node.conf'
const journal = '/etc/systemd/journald.conf.d/90-troupe.conf'
const containers = '/etc/rancher/k3s/config.yaml.d/90-troupe-logs.yaml'
const sessions = '/etc/security/limits.d/90-troupe.conf'
const manager = '/etc/systemd/system.conf.d/90-troupe.conf'
/** A lab host may not give more open files than it has got. */
const openFiles = 15_000
const processes = 40_000
const args = [
  '--tags',
  'selinux,swap,firewall,kernel-modules,kernel-settings,timezone,logs,limits',
  '-e',
  JSON.stringify({ system_tuning: { openFiles, processes, timezone: 'Europe/Berlin' } }),
]

let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 2, os: ['bookworm', 'trixie'] })
})
test.after(() => lab.destroy())

const everywhere = (script: string) => Promise.all(lab.hosts.map((host) => host.must(script)))

/** One thing of each task; modules are built into the kernel of the lab, so only their place at boot can be lost. */
const damages: readonly Damage[] = [
  {
    title: 'files are gone, and settings are not as they were',
    repairs: [
      'kernelModule:br_netfilter',
      'sysctl:vm.overcommit_memory',
      'sysctl:net.core.somaxconn',
      'timezone:own',
      `file:${containers}`,
      `file:${sessions}`,
      `unitDefaults:${manager}`,
    ],
    do: () =>
      everywhere(`
        rm /etc/modules-load.d/troupe-br_netfilter.conf ${containers} ${sessions} ${manager}
        echo 2 > /proc/sys/vm/overcommit_memory
        sed -i /somaxconn/d ${settings}
        ln -sf /usr/share/zoneinfo/Japan /etc/localtime`),
  },
  {
    title: 'daemons took up what somebody else had written',
    repairs: [`file:${journal}`, 'unit:systemd-journald.service', `unitDefaults:${manager}`],
    do: () =>
      everywhere(`
        echo '[Journal]' > ${journal}; systemctl restart systemd-journald
        echo '[Manager]' > ${manager}; systemctl daemon-reload`),
  },
]

test(
  'They keep the four laws on Debian 12 and 13, side by side',
  async () => {
    await everywhere(resting)
    const playbook = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
    await keepsLawsInTurn(new LabGround(playbook, lab.hosts, args), damages)
  },
  { timeoutMs: 180_000 },
)

test('A service that starts, and who logs in, gets the limits at once, and what it had after a revert', async () => {
  const playbook = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
  const limits = ['--tags', 'limits', ...args.slice(2)]
  const seen = () =>
    everywhere("systemd-run -q --wait --pipe grep -E 'open files|processes' /proc/self/limits")
  const before = await seen()
  const run = await playbook.run(limits)
  expectCode(run, 0, 'the run')
  for (const text of await seen()) {
    assert.match(text, /^Max processes +40000 +40000 /m)
    assert.match(text, /^Max open files +15000 +15000 /m)
  }
  for (const text of await everywhere("su - admin -c 'ulimit -Sn; ulimit -Hn'"))
    assert.is(text, '15000\n15000\n')
  expectCode(await playbook.revert(run), 0, 'the revert')
  assert.equal(await seen(), before)
})

/** Forwarding sets others anew with each change, so they are to be as it leaves them. */
const resting = `
  for key in net.ipv4.ip_forward; do
    sysctl -q -w $key=1
    sysctl -q -w $key=0
  done`
