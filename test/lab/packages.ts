import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { command } from './command.ts'

const needed = {
  'systemd-container': '/usr/bin/systemd-nspawn',
  mmdebstrap: '/usr/bin/mmdebstrap',
  'apt-cacher-ng': '/usr/sbin/apt-cacher-ng',
  chrony: '/usr/sbin/chronyd',
  'dnsmasq-base': '/usr/sbin/dnsmasq',
  iproute2: '/usr/sbin/ip',
  e2fsprogs: '/usr/sbin/mkfs.ext4',
  'openssh-client': '/usr/bin/ssh-keygen',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
} as const

const policy = '/usr/sbin/policy-rc.d'

/** Installs what this machine lacks to be a lab. No service of these packages is started, now or at boot. */
export async function installTools(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('The lab makes hosts out of namespaces: it has to run as root.')
  const missing = Object.entries(needed).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length === 0) return
  await command('apt-get', ['update'])
  const ownPolicy = !existsSync(policy)
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing]
    await command('env', ['DEBIAN_FRONTEND=noninteractive', ...install])
    const services = missing.filter((name) => name === 'apt-cacher-ng' || name === 'chrony')
    if (services.length > 0) await command('systemctl', ['disable', '--quiet', ...services])
  } finally {
    if (ownPolicy) rmSync(policy)
  }
}
