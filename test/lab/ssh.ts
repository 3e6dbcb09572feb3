import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { Client } from 'ssh2'
import type { Outcome } from './command.ts'

export interface SshTarget {
  readonly name: string
  readonly address: string
  readonly keyFile: string
  /** The host's own public key, without its comment. */
  readonly hostKey: string
}

/** One kept connection to a host as root; it is opened when it is needed, and again after it broke. */
export class Ssh {
  readonly #target: SshTarget
  #client: Promise<Client> | undefined

  constructor(target: SshTarget) {
    this.#target = target
  }

  /** Runs a script in the host's `sh`. The script comes as standard input, so it may be of any length. */
  async run(script: string, timeoutMs = 60_000): Promise<Outcome> {
    const kept = this.#client
    return (await this.#tried(script, timeoutMs, kept !== undefined)) ?? this.run(script, timeoutMs)
  }

  /** Undefined where a kept connection turns out to be dead, as after a boot: nothing of the script ran. */
  async #tried(script: string, timeoutMs: number, kept: boolean): Promise<Outcome | undefined> {
    const connection = this.#connected(Math.min(timeoutMs, 20_000))
    const client = await connection
    const { name } = this.#target
    return new Promise((resolve, reject) => {
      let begun = false
      const fail = (why: string) => {
        clearTimeout(timer)
        client.destroy()
        // By now there may be a newer connection, which stays.
        if (this.#client === connection) this.#client = undefined
        reject(new Error(`${name}: ${why}, while it ran:\n${script}`))
      }
      const timer = setTimeout(() => fail(`no end within ${timeoutMs} ms`), timeoutMs)
      const lost = () => {
        if (begun || !kept) return fail('the connection broke')
        clearTimeout(timer)
        resolve(undefined)
      }
      client.once('close', lost)
      client.exec('sh', (error, channel) => {
        begun = true
        if (error !== undefined) return fail(error.message)
        const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
        let code: number | undefined
        channel.on('data', (data: Buffer) => output.stdout.push(data))
        channel.stderr.on('data', (data: Buffer) => output.stderr.push(data))
        channel.on('exit', (status: number | null) => (code = status ?? 255))
        channel.on('close', () => {
          clearTimeout(timer)
          client.off('close', lost)
          if (code === undefined) return lost()
          const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString()
          resolve({ code, stdout: text(output.stdout), stderr: text(output.stderr) })
        })
        channel.end(script)
      })
    })
  }

  /** True when the host lets us in. */
  async answers(): Promise<boolean> {
    return this.#connected(1000).then(
      () => true,
      () => false,
    )
  }

  close(): void {
    this.#client?.then((client) => client.destroy()).catch(() => {})
    this.#client = undefined
  }

  #connected(timeoutMs: number): Promise<Client> {
    this.#client ??= this.#connect(timeoutMs)
    return this.#client
  }

  #connect(timeoutMs: number): Promise<Client> {
    const { name, address, keyFile, hostKey } = this.#target
    const socket = createConnection({ host: address, port: 22 })
    const client = new Client().setMaxListeners(0)
    const connected = new Promise<Client>((resolve, reject) => {
      const end = (error: Error) => {
        // By now there may be a newer connection, which stays.
        if (this.#client === connected) this.#client = undefined
        socket.destroy()
        reject(error)
      }
      client.on('ready', () => {
        // A connection that nobody waits for does not keep the process alive.
        socket.unref()
        resolve(client)
      })
      // Also long after: an error that nobody listens to ends the process.
      socket.on('error', end)
      client.on('error', end)
      client.on('close', () => end(new Error(`${name} (${address}) closed the connection`)))
    })
    client.connect({
      sock: socket,
      username: 'root',
      privateKey: readFileSync(keyFile),
      readyTimeout: timeoutMs,
      hostVerifier: (key: Buffer) => key.toString('base64') === hostKey.split(' ')[1],
    })
    return connected
  }
}
