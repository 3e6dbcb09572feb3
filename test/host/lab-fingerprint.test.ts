import * as assert from 'uvu/assert'
import { passwords } from '../lab/base.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import { createLab } from '../lab/lab.ts'
import { login } from '../lab/login.ts'
import { suite } from '../support/suite.ts'

const test = suite('lab: fingerprints')

test(
  'twins have the same fingerprint after boots and logins',
  async () => {
    await using lab = await createLab({ hosts: 4, os: ['bookworm', 'bookworm', 'trixie', 'busybox'] })
    const fresh = await Promise.all(lab.hosts.map((host) => host.fingerprint()))
    for (const host of lab.hosts.filter(({ name }) => name === 'node1' || name === 'node3')) {
      await login(host, { user: 'operator' }, 'sudo id')
      await login(host, { user: 'admin', password: passwords.admin }, `echo ${passwords.admin} | sudo -S id`)
      await login(host, { user: 'guest' }, 'bash -l -c true')
      await host.powerOff()
      await host.powerOn()
    }
    for (const host of lab.hosts.filter(({ name }) => name !== 'node2')) await host.reboot()
    const after = await Promise.all(lab.hosts.map((host) => host.fingerprint()))
    assert.equal(diffFingerprints(after[1] ?? [], after[0] ?? []), [])
    for (const [i, now] of after.entries()) assert.equal(diffFingerprints(fresh[i] ?? [], now), [])
    assert.equal(
      fresh.flat().filter((line) => /^(path|removed|run)/.test(line)),
      [],
      'a fresh host differs from what it was made of',
    )
  },
  { timeoutMs: 300_000 },
)

test(
  'a fingerprint shows every kind of change, and nothing once it is undone',
  async () => {
    await using lab = await createLab({ hosts: 1 })
    const [host] = lab.hosts
    if (host === undefined) throw new Error('the lab has no host')
    const fresh = await host.fingerprint()
    await host.must('cp -a /etc/pam.d /etc/issue /root/')
    await host.must(`
      echo x >/etc/added; chmod 600 /etc/profile; rm /etc/issue; ln -sfn /nowhere /etc/os-release; touch /etc/shells
      chown guest /var/mail; rm -r /etc/pam.d; mkdir /etc/pam.d; mkdir -p /run/troupe; touch /run/troupe/lock
      touch /tmp/forgotten; useradd stranger; systemctl disable -q ssh; systemctl stop systemd-ask-password-wall.path
      sysctl -q -w net.ipv4.tcp_syncookies=2 vm.swappiness=3; mount -t tmpfs none /mnt`)
    const changes = diffFingerprints(fresh, await host.fingerprint())
    for (const expected of [
      /^\+ path \/etc\/added file 0644 0:0 /,
      /^\+ path \/etc\/profile file 0600 /,
      /^\+ removed \/etc\/issue$/,
      /^\+ path \/etc\/os-release link 0777 0:0 \/nowhere$/,
      /^\+ path \/var\/mail dir 2775 \d+:8$/,
      /^\+ removed \/etc\/pam\.d\/sshd$/,
      /^\+ run \/run\/troupe\/lock$/,
      /^\+ path \/tmp\/forgotten /,
      /^\+ path \/etc\/passwd /,
      /^\+ unit ssh\.service disabled$/,
      /^- state systemd-ask-password-wall\.path loaded active /,
      /^\+ sysctl net\/ipv4\/tcp_syncookies = 2$/,
      /^\+ sysctl vm\/swappiness = 3$/,
      /^\+ mount \/mnt tmpfs /,
    ])
      assert.ok(
        changes.some((line) => expected.test(line)),
        `${expected} is not in\n${changes.join('\n')}`,
      )
    assert.not.ok(
      changes.some((line) => line.includes('/etc/shells')),
      'a touched file is as it was',
    )
    await host.must(`
      rm /etc/added; chmod 644 /etc/profile; mv /root/issue /etc/; ln -sfn ../usr/lib/os-release /etc/os-release
      chown root /var/mail; rm -r /etc/pam.d; mv /root/pam.d /etc/; rm -r /run/troupe /tmp/forgotten; userdel stranger
      rm -f /etc/*- ; systemctl enable -q ssh; systemctl start systemd-ask-password-wall.path
      sysctl -q -w net.ipv4.tcp_syncookies=1 vm.swappiness=60; umount /mnt`)
    const left = diffFingerprints(fresh, await host.fingerprint())
    assert.equal(
      left.filter((line) => !/ \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?( |$)/.test(line)),
      [],
    )
  },
  { timeoutMs: 120_000 },
)
