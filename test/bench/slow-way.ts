import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const sshPort = 22
const own = (index: number) => `127.77.0.${index + 1}`

/** A way to hosts on which every byte takes `delayMs`; each host has an address on loopback there. */
export class SlowWay implements AsyncDisposable {
  readonly #servers: Server[] = []
  readonly #addresses = new Map<string, string>()
  readonly #delayMs: number
  readonly #port: number
  #turns = 0

  private constructor(delayMs: number, port: number) {
    this.#delayMs = delayMs
    this.#port = port
  }

  static async open(
    hosts: readonly { readonly address: string }[],
    delayMs: number,
    port = sshPort,
  ): Promise<SlowWay> {
    const way = new SlowWay(delayMs, port)
    for (const [index, { address }] of hosts.entries()) await way.#lead(address, own(index))
    return way
  }

  addressOf(address: string): string {
    const found = this.#addresses.get(address)
    if (found === undefined) throw new Error(`No slow way leads to ${address}.`)
    return found
  }

  /** How often clients waited for an answer before they went on, the handshake of TCP included, since last asked. */
  turns(): number {
    const turns = this.#turns
    this.#turns = 0
    return turns
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))))
  }

  #lead(address: string, at: string): Promise<void> {
    this.#addresses.set(address, at)
    const options = { noDelay: true, allowHalfOpen: true }
    const server = createServer(options, (client) =>
      this.#carry(client, createConnection({ ...options, host: address, port: this.#port })),
    )
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, at, resolve)
    })
  }

  /** Both ends may speak at once, but what they say comes as late as after a handshake that takes its time, too. */
  #carry(client: Socket, host: Socket): void {
    const accepted = performance.now()
    let answered = true
    this.#turns++
    passOn(client, host, this.#delayMs, accepted + 2 * this.#delayMs, {
      onCome: () => {
        if (answered) this.#turns++
        answered = false
      },
    })
    passOn(host, client, this.#delayMs, accepted + this.#delayMs, { onLeft: () => (answered = true) })
  }
}

interface Watching {
  onCome?(): void
  onLeft?(): void
}

/** Passes on what comes, in its order, each piece when its time has come; nothing sets out before `sinceMs`. */
function passOn(from: Socket, to: Socket, delayMs: number, sinceMs: number, watching: Watching): void {
  let last: Promise<void> = Promise.resolve()
  const later = (work: () => void) => {
    const due = Math.max(performance.now(), sinceMs) + delayMs
    last = last.then(async () => {
      const left = due - performance.now()
      if (left > 0) await pause(left)
      work()
    })
  }
  from.on('data', (data) => {
    watching.onCome?.()
    later(() => {
      to.write(data)
      watching.onLeft?.()
    })
  })
  from.on('end', () => later(() => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', () => later(() => to.destroy()))
}
