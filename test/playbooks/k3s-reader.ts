import { request } from 'node:https'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'yaml'

const everyMs = 100
const patienceMs = 2_000

/** How a client fared that reads all the time. */
export interface Readings {
  readonly reads: number
  /** That one server did not answer, and the next one did. */
  readonly retried: number
  /** That no server answered. */
  readonly failed: number
  readonly longestGapMs: number
}

interface Identity {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads the nodes ten times a second, as a client behind a load balancer does: from the next server where one does not answer. */
export class Reader {
  readonly #servers: readonly string[]
  readonly #identity: Identity
  readonly #ending = new AbortController()
  readonly #done: Promise<unknown>
  readonly #pending = new Set<Promise<void>>()
  #first = 0
  #reads = 0
  #retried = 0
  #failed = 0
  #lastGood = Date.now()
  #longestGapMs = 0

  /** @param servers their addresses, also of those that are yet to come or already gone */
  constructor(kubeconfig: string, servers: readonly string[]) {
    this.#servers = servers
    this.#identity = identityOf(kubeconfig)
    this.#done = this.#readOn()
  }

  async stop(): Promise<Readings> {
    this.#ending.abort()
    await this.#done
    await Promise.all(this.#pending)
    return {
      reads: this.#reads,
      retried: this.#retried,
      failed: this.#failed,
      longestGapMs: this.#longestGapMs,
    }
  }

  async #readOn(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const reading = this.#read().finally(() => this.#pending.delete(reading))
      this.#pending.add(reading)
      await delay(everyMs)
    }
  }

  async #read(): Promise<void> {
    this.#reads += 1
    const first = this.#first
    for (let turn = 0; turn < this.#servers.length; turn += 1) {
      const at = (first + turn) % this.#servers.length
      if (await answers(this.#servers[at] ?? '', this.#identity)) {
        this.#first = at
        if (turn > 0) this.#retried += 1
        this.#longestGapMs = Math.max(this.#longestGapMs, Date.now() - this.#lastGood)
        this.#lastGood = Date.now()
        return
      }
    }
    this.#failed += 1
  }
}

function identityOf(kubeconfig: string): Identity {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
    readonly users: readonly { readonly user: Readonly<Record<string, string>> }[]
  }
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64')
  return {
    ca: bytes(clusters[0]?.cluster['certificate-authority-data']),
    cert: bytes(users[0]?.user['client-certificate-data']),
    key: bytes(users[0]?.user['client-key-data']),
  }
}

function answers(address: string, identity: Identity): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(
      { host: address, port: 6443, path: '/api/v1/nodes', ...identity, agent: false, timeout: patienceMs },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode === 200))
        response.on('error', () => resolve(false))
      },
    )
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')))
    asking.on('error', () => resolve(false))
    asking.end()
  })
}
