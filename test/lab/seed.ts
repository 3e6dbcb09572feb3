import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { System } from './base.ts'
import { command } from './command.ts'
import { addressIn, type Subnet } from './network.ts'
import { proxyUrl } from './package-proxy.ts'

export interface Seed {
  readonly name: string
  readonly address: string
  readonly subnet: Subnet
  readonly system: System
  /** The lab's public key. */
  readonly publicKey: string
}

/**
 * Writes what makes one host out of a base: a layer between the base and the host's own writing, so that only what
 * happened since then counts as a difference. Returns the public key of the host.
 */
export async function writeSeed(dir: string, seed: Seed): Promise<string> {
  const gateway = addressIn(seed.subnet, 1)
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true, mode: 0o755 })
    writeFileSync(join(dir, path), content, { mode })
  }
  put('etc/hostname', `${seed.name}\n`)
  put('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${seed.name}\n`)
  put('etc/resolv.conf', `nameserver ${gateway}\n`)
  if (seed.system === 'busybox') {
    put('etc/lab-network', `ADDRESS=${seed.address}/24\nGATEWAY=${gateway}\n`)
    mkdirSync(join(dir, 'root/.ssh'), { recursive: true, mode: 0o700 })
    put('root/.ssh/authorized_keys', `${seed.publicKey}\n`, 0o600)
    const hostKey = dropbearKey()
    put('etc/dropbear/host_key', hostKey.file, 0o600)
    return hostKey.publicKey
  }
  put('etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444)
  put('etc/ssh/lab_keys', `${seed.publicKey}\n`)
  put('etc/apt/apt.conf.d/10lab-proxy', `Acquire::http::Proxy "${proxyUrl(gateway)}";\n`)
  put(
    'etc/systemd/network/10-host0.network',
    `[Match]\nName=host0\n\n[Network]\nAddress=${seed.address}/24\nGateway=${gateway}\n` +
      'LinkLocalAddressing=no\nIPv6AcceptRA=no\n',
  )
  const hostKey = join(dir, 'etc/ssh/ssh_host_ed25519_key')
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', seed.name, '-f', hostKey])
  return readFileSync(`${hostKey}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ')
}

// Dropbear has a form of its own for private keys, and OpenSSH's tools do not write it.
function dropbearKey(): { readonly file: Buffer; readonly publicKey: string } {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [secret, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const type = sshString(Buffer.from('ssh-ed25519'))
  return {
    file: Buffer.concat([type, sshString(Buffer.concat([secret, open]))]),
    publicKey: `ssh-ed25519 ${Buffer.concat([type, sshString(open)]).toString('base64')}`,
  }
}

function sshString(content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}
