import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

const test = suite('host/reboot')
const long = { timeoutMs: 150_000 }
const boot = 'reboot:the file'

/** Notes each boot before anybody can log in. */
const counter = `cat > /etc/systemd/system/boots.service <<'END'
[Unit]
DefaultDependencies=no
After=local-fs.target
Before=ssh.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo boot >> /srv/boots; if [ -e /srv/at-boot ]; then sh /srv/at-boot; fi'
[Install]
WantedBy=multi-user.target
END
systemctl enable -q boots.service
`

/** As another run that takes the lock as soon as there is one to be taken. */
const takeLock = `mkdir -p /run/troupe
echo '{"run":"another","controller":"elsewhere 1","user":"ada","pid":1,"started":"1"}' > /run/troupe/lock
echo 999999999 >> /run/troupe/lock
`

/** A host that goes down for good. */
const powersOff = `cat > /usr/local/bin/systemctl <<'END'
#!/bin/sh
[ "$1" != reboot ] || set -- poweroff
exec /usr/bin/systemctl "$@"
END
chmod +x /usr/local/bin/systemctl
`

let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 5 })
  await Promise.all(lab.hosts.map((host) => host.must(counter)))
})
test.after(() => lab.destroy())

function hostAt(index: number): LabHost {
  const host = lab.hosts[index]
  if (host === undefined) throw new Error(`The lab has no host ${index}.`)
  return host
}

/** How often it was booted since the lab was made, and what the run has made of it. */
async function look(host: LabHost): Promise<{ boots: number; says: string }> {
  const says = await host.must(
    'cat /srv/boots; echo --; cat /etc/before-boot /run/after-boot /run/greeter.says 2>&1; ls /run/troupe/lock 2>&1 >/dev/null || :',
  )
  const [boots = '', ...rest] = says.split('--\n')
  return { boots: boots.split('\n').length - 1, says: rest.join('') }
}

const whole = 'yes\nyes\nhello\n'

const goesDown = (event: StampedEvent) => event.type === 'contact' && event.state === 'lost'

function messageOf({ events }: TroupeRun, task: string): string {
  const ended = events.find((event) => event.type === 'task' && event.task === task)
  if (ended?.type !== 'task') throw new Error(`Nothing became of "${task}".`)
  return `${ended.status}: ${ended.message ?? ''} ${ended.advice ?? ''}`
}

test(
  'a role goes on after a reboot in its midst, and the second run of the same work is idle',
  async () => {
    const host = hostAt(0)
    const playbook = new PlaybookOnLab(lab, 'rebooting')
    const args = ['-l', host.name, '-e', 'rebooting.onChange=true']
    const plan = await playbook.check(args)
    assert.is(resourcesOf(plan)[boot], 'changed')
    const run = await playbook.run(args)
    expectCode(run, 0, 'The run')
    assert.is(resourcesOf(run)[boot], 'changed')
    const after = await look(host)
    assert.is(after.boots, 1)
    assert.match(after.says, whole)
    const second = await playbook.run(args)
    assert.equal([...new Set(Object.values(resourcesOf(second)))], ['ok'])
    assert.is((await look(host)).boots, 1)
    const revert = await playbook.revert(run)
    expectCode(revert, 0, 'The revert')
    assert.is(resourcesOf(revert)[boot], 'kept')
  },
  long,
)

for (const [index, next, args] of [
  [1, 'its resume goes on', []],
  [2, 'the next run goes on', ['-e', 'rebooting.onChange=true']],
] as const) {
  test(
    `the controller is killed while the host is down: ${next}, and boots it no second time`,
    async () => {
      const host = hostAt(index)
      const playbook = new PlaybookOnLab(lab, 'rebooting')
      const all = ['-l', host.name, ...args]
      await playbook.killed(goesDown, all)
      const run = await (index === 1 ? playbook.resume(['-T', '1']) : playbook.run(all))
      expectCode(run, 0, 'What came next')
      assert.is(resourcesOf(run)[boot], 'ok')
      const { boots, says } = await look(host)
      assert.is(boots, 1)
      assert.match(says, whole)
    },
    long,
  )
}

test(
  'a host that another run took while it was down is left to that run, which is named; others are not affected',
  async () => {
    const [taken, other] = [hostAt(3), hostAt(0)]
    await taken.must(`cat > /srv/at-boot <<'END'\n${takeLock}END`)
    const run = await new PlaybookOnLab(lab, 'rebooting').run(['-l', `${taken.name},${other.name}`])
    expectCode(run, 4, 'The run')
    const told = run.events.find((event) => event.type === 'contact' && event.state === 'given-up')
    assert.match(
      JSON.stringify(told),
      /its lock was lost: node4 is being worked on by the run another of ada/,
    )
    assert.match(await taken.must('cat /run/troupe/lock'), '"run":"another"')
    assert.is((await look(taken)).says.includes('hello'), false)
    assert.match((await look(other)).says, whole)
  },
  long,
)

test(
  'a host that does not come back is given up after the deadline of its boot, with what to do; a resume goes on',
  async () => {
    const host = hostAt(4)
    await host.must(powersOff)
    const playbook = new PlaybookOnLab(lab, 'rebooting')
    const run = await playbook.run(['-l', host.name, '-e', 'rebooting.deadline=8s'])
    expectCode(run, 4, 'The run')
    assert.match(
      messageOf(run, 'Reboot'),
      /^unreachable: node5 was told to boot anew\. node5 did not come back within 8 s: .* Look at its console\./,
    )
    await host.powerOn()
    const resumed = await playbook.resume()
    expectCode(resumed, 0, 'The resume')
    assert.is(resourcesOf(resumed)[boot], 'ok')
    assert.is((await look(host)).boots, 1)
  },
  long,
)
