import * as assert from 'uvu/assert'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { keepsLawsInTurn } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('roles/login_banner on real hosts')
const dropIn = '/etc/ssh/sshd_config.d/00-login-banner.conf'
const given = (loginBanner: object) => [
  '-e',
  JSON.stringify({ login_banner: loginBanner, cluster: { name: 'blue' } }),
]
const strict = {
  text: 'This is <%= host.name %> of <%= cluster.name %>',
  allowPasswords: false,
  passwordGroups: ['admin'],
}
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 1 })
})
test.after(() => lab.destroy())

test(
  'It keeps the four laws',
  async () => {
    const [host] = lab.hosts
    assert.ok(host)
    const playbook = new PlaybookOnLab(lab, 'playbooks/login_banner.ts')
    await keepsLawsInTurn(new LabGround(playbook, lab.hosts, given(strict)), [
      {
        title: 'another text',
        repairs: ['file:/etc/issue.net'],
        do: () => host.must('echo by hand >> /etc/issue.net'),
      },
      {
        title: 'no drop-in',
        repairs: [`file:${dropIn}`, 'unit:ssh.service'],
        do: () => host.must(`rm ${dropIn}`),
      },
      {
        title: 'another drop-in, which sshd took up',
        repairs: [`file:${dropIn}`, 'unit:ssh.service'],
        do: () => host.must(`echo Banner none > ${dropIn}; systemctl reload ssh`),
      },
    ])
  },
  { timeoutMs: 120_000 },
)

test(
  'Passwords are for the groups that were named, and a line that sshd refuses reaches it nowhere',
  async () => {
    const [host] = lab.hosts
    assert.ok(host)
    const playbook = new PlaybookOnLab(lab, 'playbooks/login_banner.ts')
    const first = await playbook.run(given(strict))
    expectCode(first, 0, 'the first run')
    const asked = (user: string) =>
      host.must(`sshd -T -C user=${user},host=localhost,addr=127.0.0.1 | grep ^passwordauthentication`)
    assert.is(await asked('admin'), 'passwordauthentication yes\n')
    assert.is(await asked('guest'), 'passwordauthentication no\n')
    const pid = await host.must('systemctl show -p MainPID --value ssh')
    const content = await host.must(`cat ${dropIn}`)

    const broken = await playbook.run(given({ ...strict, extraLines: ['Nonsense yes'] }))
    expectCode(broken, 2, 'a run with a line that sshd does not know')
    assert.match(broken.stderr, /00-login-banner\.conf.*Bad configuration option: Nonsense/)
    assert.is(await host.must('systemctl show -p MainPID --value ssh'), pid)
    assert.match(await banner(), 'This is node1 of blue')

    expectCode(await playbook.revert(broken), 0, 'the revert of the broken run')
    assert.is(await host.must(`cat ${dropIn}`), content)
    await host.must('sshd -t')
    expectCode(await playbook.revert(first), 0, 'the revert of the first run')
    assert.not.match(await banner(), 'This is node1 of blue')
  },
  { timeoutMs: 120_000 },
)

/** What somebody without a key is shown. */
async function banner(): Promise<string> {
  const command =
    'ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null nobody@127.0.0.1 2>&1'
  return (await lab.hosts[0]?.run(command))?.stdout ?? ''
}
