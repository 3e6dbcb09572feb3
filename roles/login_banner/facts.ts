import { sh } from '../../lib/host/command.ts'
import { defineCondition, type Condition } from '../../lib/task/gate.ts'

/** How a family of systems calls what the role needs. */
export interface SshPlaces {
  readonly unit: string
  /** The package of the client that looks at the banner. */
  readonly client: string
}

export const sshPlaces: Readonly<Record<'debian' | 'redhat', SshPlaces>> = {
  debian: { unit: 'ssh.service', client: 'openssh-client' },
  redhat: { unit: 'sshd.service', client: 'openssh-clients' },
}

export const bannerFile = '/etc/issue.net'
/** Of several drop-ins the first has its say, so that this one stands before all others. */
export const dropIn = '/etc/ssh/sshd_config.d/00-login-banner.conf'

/** The banner's file is read, and whoever comes to the port is shown this text. */
export function bannerIsServed(text: string): Condition {
  return defineCondition('The banner', async (host) => {
    const { stdout } = await host.query(sh`/usr/sbin/sshd -T -C user=root,host=localhost,addr=127.0.0.1`)
    const { banner, address, port } = parseSshd(stdout)
    if (banner !== bannerFile) {
      const found = `sshd is configured with "banner ${banner}": does /etc/ssh/sshd_config include ${dropIn}?`
      return { holds: false, found }
    }
    const { stderr } = await host.query(client(address, port), { ok: [0, 255] })
    if (stderr.includes(text)) return { holds: true }
    return { holds: false, found: `on port ${port}, ssh says: ${stderr.trim()}` }
  })
}

/** Reads what `sshd -T` prints: where it listens, with this machine for any address, and its banner. */
export function parseSshd(settings: string): {
  readonly banner: string
  readonly address: string
  readonly port: number
} {
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(settings)?.[1] ?? ''
  const [, address = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(field('listenaddress')) ?? []
  const any: Readonly<Record<string, string>> = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' }
  return { banner: field('banner'), address: any[address] ?? address, port: Number(port ?? 22) }
}

/** Comes to the port and offers nothing, so that it is shown the banner and sent away. */
function client(address: string, port: number) {
  const options = [
    'BatchMode=yes',
    'PreferredAuthentications=none',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'ConnectTimeout=5',
  ].flatMap((option) => ['-o', option])
  return sh`LC_ALL=C.UTF-8 ssh -F none ${options} -p ${port} root@${address} true`
}
