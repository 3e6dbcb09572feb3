import type { Duplex } from 'node:stream'
import type { Credentials } from './authentication.ts'
import { Bastion } from './bastion.ts'
import { ContactLost } from './errors.ts'
import { limits } from './limits.ts'
import { openProxyCommand } from './proxy-command.ts'
import { dialSsh } from './ssh.ts'
import type { SshConnection } from './ssh-connection.ts'
import { type Through, type Way, wayName } from './way.ts'

export type Secrets = Pick<Credentials, 'password' | 'passphrase'>

/** How connections along a way are made. */
export interface Dialing {
  readonly dial: () => Promise<SshConnection>
  /** Lets go of the jump hosts, for good. */
  readonly leave: () => Promise<void>
}

/** Jump hosts, each with one connection for all that is behind it. */
export class Bastions {
  readonly #known = new Map<string, Bastion>()

  /** Dials along a way; its jump hosts are held from the first connection on until it leaves. */
  along(way: Way, secrets: Secrets): Dialing {
    const { through } = way
    const direct = { ...way, ...secrets, through: undefined }
    if (through === undefined) return { dial: dialSsh(direct), leave: async () => undefined }
    const target = { ...direct, through: throughName(through) }
    if ('command' in through) {
      const socket = () => openProxyCommand(wayName(way), through.command)
      return { dial: dialSsh({ ...target, gate: through.gate, socket }), leave: async () => undefined }
    }
    const passage = new Passage(this.#bastion(through.jump, secrets), way)
    return { dial: dialSsh({ ...target, socket: () => passage.socket() }), leave: () => passage.leave() }
  }

  #bastion(jump: Way, { passphrase }: Secrets): Bastion {
    const key = JSON.stringify(jump)
    const bastion = this.#known.get(key) ?? new Bastion(wayName(jump), () => this.along(jump, { passphrase }))
    this.#known.set(key, bastion)
    return bastion
  }
}

/** One host's use of a jump host. */
class Passage {
  readonly #bastion: Bastion
  readonly #to: Way
  #is: 'outside' | 'inside' | 'left' = 'outside'

  constructor(bastion: Bastion, to: Way) {
    this.#bastion = bastion
    this.#to = to
  }

  async socket(): Promise<Duplex> {
    if (this.#is === 'left') throw new ContactLost(`${wayName(this.#to)}: it is needed no more.`)
    if (this.#is === 'outside') this.#bastion.enter()
    this.#is = 'inside'
    return await this.#bastion.socketTo(this.#to, this.#to.connectTimeoutMs ?? limits.connectTimeoutMs)
  }

  async leave(): Promise<void> {
    const was = this.#is
    this.#is = 'left'
    if (was === 'inside') await this.#bastion.leave()
  }
}

function throughName(through: Through): string {
  if ('command' in through) return 'a ProxyCommand'
  const { jump } = through
  return jump.through === undefined ? wayName(jump) : `${throughName(jump.through)}, ${wayName(jump)}`
}
