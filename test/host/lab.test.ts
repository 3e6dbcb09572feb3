import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { passwords } from '../lab/base.ts'
import { command } from '../lab/command.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { login } from '../lab/login.ts'
import { proxyUrl } from '../lab/package-proxy.ts'
import { suite } from '../support/suite.ts'

const test = suite('lab: hosts')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 4, os: ['bookworm', 'bookworm-bare', 'trixie', 'busybox'] })
})
test.after(() => lab.destroy())

test(
  'a lab has booted hosts of three kinds, each with its name and address',
  async () => {
    for (const host of lab.hosts) {
      assert.is(await host.must('hostname'), `${host.name}\n`)
      assert.match(await host.must('cat /proc/net/fib_trie'), host.address)
    }
    const versions = await Promise.all(
      lab.hosts.map((host) => host.must('. /etc/os-release; echo "$VERSION_CODENAME"')),
    )
    assert.equal(versions, ['bookworm\n', 'bookworm\n', 'trixie\n', '\n'])
    for (const host of debianHosts()) assert.is(await host.must('systemctl is-system-running'), 'running\n')
  },
  { timeoutMs: 300_000 },
)

test('a busybox host has neither bash nor scp nor sftp', async () => {
  const { code } = await nth(3).run(
    'command -v bash || command -v scp || command -v sftp-server || command -v systemctl',
  )
  assert.is.not(code, 0)
})

test('the output of a script comes apart from its errors and its exit code', async () => {
  assert.equal(await nth(0).run('echo out; echo err >&2; exit 7'), {
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('every account opens with the key of the lab, two with a password, and sudo asks whom it should', async () => {
  for (const host of debianHosts()) {
    const sudo = (user: string, input: string) =>
      login(host, { user }, `printf '%s\\n' '${input}' | sudo -k -S -p '' id -u`)
    assert.is(await sudo('admin', passwords.admin), '0\n')
    assert.match(await sudo('admin', 'wrong'), 'incorrect password')
    assert.is(await sudo('operator', ''), '0\n')
    assert.match(await sudo('guest', passwords.guest), 'not in the sudoers file')
    assert.is(await login(host, { user: 'guest', password: passwords.guest }, 'id -un'), 'guest\n')
    assert.is(await login(host, { user: 'admin', password: passwords.admin }, 'id -un'), 'admin\n')
  }
})

test('the known hosts of a lab name the keys that its hosts show', async () => {
  for (const host of lab.hosts) {
    const options = [
      '-F',
      'none',
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      `UserKnownHostsFile=${lab.knownHostsFile}`,
    ]
    const asRoot = ['-o', 'BatchMode=yes', '-i', lab.keyFile, `root@${host.address}`]
    assert.is(await command('ssh', [...options, ...asRoot, 'hostname']), `${host.name}\n`)
  }
})

test('a packet to anywhere outside the lab is refused at once', async () => {
  const started = performance.now()
  const { code } = await nth(0).run('curl --silent --max-time 10 http://198.51.100.1/')
  assert.is.not(code, 0)
  assert.ok(performance.now() - started < 3000)
})

test(
  'packages install through the proxy, and nothing but the mirrors comes through it',
  async () => {
    for (const host of debianHosts().slice(1)) {
      await host.must('DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chrony', {
        timeoutMs: 90_000,
      })
    }
    const proxy = proxyUrl(lab.controllerAddress)
    const refused = await nth(0).must(
      `curl --silent --proxy ${proxy} --write-out '%{http_code}' --output /dev/null http://198.51.100.1/`,
    )
    assert.is(refused, '403')
  },
  { timeoutMs: 200_000 },
)

test(
  'chrony in a host follows the time server of the lab without touching the clock',
  async () => {
    for (const host of debianHosts().slice(1)) {
      await host.must(
        `sed -i '/^pool/d' /etc/chrony/chrony.conf; echo 'server ${lab.controllerAddress} iburst' >>/etc/chrony/chrony.conf; systemctl restart chrony`,
      )
      const { stdout } = await host.run('chronyc waitsync 15 0 0 1 >/dev/null; chronyc tracking', {
        timeoutMs: 30_000,
      })
      assert.match(stdout, lab.controllerAddress)
      assert.match(await host.must('ps -eo args'), /chronyd .*-x/)
    }
  },
  { timeoutMs: 60_000 },
)

test('settings of the kernel can be set in a host, and the machine keeps its own', async () => {
  const machine = readFileSync('/proc/sys/vm/swappiness', 'utf8')
  for (const host of debianHosts()) {
    await host.must(
      'sysctl -q -w vm.swappiness=7 fs.inotify.max_user_watches=9 kernel.panic=3 net.ipv4.ip_forward=1 net.core.rmem_max=12345',
    )
    assert.is(
      await host.must(
        'sysctl -n vm.swappiness fs.inotify.max_user_watches kernel.panic net.ipv4.ip_forward net.core.rmem_max',
      ),
      '7\n9\n3\n1\n12345\n',
    )
  }
  assert.is(readFileSync('/proc/sys/vm/swappiness', 'utf8'), machine)
})

test('no host has the right to set the clock', async () => {
  for (const host of lab.hosts) {
    const rights = (await host.must('cat /proc/1/status')).match(/^CapBnd:\s*(\w+)$/m)?.[1]
    assert.is((BigInt(`0x${rights}`) >> 25n) & 1n, 0n)
  }
})

test('python is where the comparison with other tools needs it, and not in a bare host', async () => {
  const have = await Promise.all(
    lab.hosts.map(async (host) => (await host.run('command -v python3')).code === 0),
  )
  assert.equal(have, [true, false, true, false])
})

test(
  'a container runtime can put its overlays on a plain folder, which keeps them through a power cut',
  async () => {
    await using plain = await createLab({ hosts: 1, plainDirs: ['/var/lib/containerd'] })
    const [host] = plain.hosts
    const fresh = await host?.fingerprint()
    await host?.must(`cd /var/lib/containerd && mkdir lower upper work merged && echo below >lower/file
      mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged && echo above >merged/file`)
    await host?.powerOff()
    await host?.powerOn()
    assert.is(await host?.must('cat /var/lib/containerd/upper/file'), 'above\n')
    const changes = diffFingerprints(fresh ?? [], (await host?.fingerprint()) ?? [])
    assert.ok(changes.some((line) => line.startsWith('+ path /var/lib/containerd/upper/file file 0644 0:0 ')))
    assert.not.ok(fresh?.some((line) => line.startsWith('path ')))
  },
  { timeoutMs: 60_000 },
)

function nth(i: number): LabHost {
  const host = lab.hosts[i]
  if (host === undefined) throw new Error(`the lab has no host ${i}`)
  return host
}

function debianHosts(): readonly LabHost[] {
  return lab.hosts.slice(0, 3)
}
