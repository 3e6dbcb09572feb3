import { spawn } from 'node:child_process'
import { createServer, type Server as TcpServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, Connection as SshClient, ServerChannel } from 'ssh2'

export interface ServerOptions {
  /** Says yes to a login; every attempt is noted before. */
  readonly lets?: (attempt: AuthContext) => boolean
  readonly methods?: AuthContext['method'][]
  readonly banner?: string
  /** Ends so many connections before a greeting, as sshd does beyond MaxStartups. */
  drops?: number
  /** Refuses so many channels, as sshd does beyond MaxSessions. */
  refusals?: number
}

/** A key pair that can be read again: about one in a hundred that ssh2 makes cannot. */
export function newKeyPair(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

/** An ssh server in this process, which can be told to misbehave; programs run on this machine. */
export class TestServer {
  readonly attempts: string[] = []
  readonly hostKey = newKeyPair()
  connections = 0
  readonly #options: ServerOptions
  readonly #tcp: TcpServer
  readonly #sockets = new Set<Socket>()

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options)
    await new Promise<void>((resolve) => server.#tcp.listen(0, '127.0.0.1', resolve))
    return server
  }

  private constructor(options: ServerOptions) {
    this.#options = options
    const { banner } = options
    const config = { hostKeys: [this.hostKey.private], ...(banner === undefined ? {} : { banner }) }
    const inner = new ssh2.Server(config, (client) => this.#serve(client))
    this.#tcp = createServer((socket) => {
      this.connections++
      this.#sockets.add(socket.on('error', () => undefined))
      if ((options.drops ?? 0) > 0) {
        options.drops = (options.drops ?? 0) - 1
        socket.destroy()
      } else inner.injectSocket(socket)
    })
  }

  get port(): number {
    const address = this.#tcp.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.cut()
    this.#tcp.close()
  }

  #serve(client: SshClient): void {
    const { lets = () => true, methods = ['publickey', 'password'] } = this.#options
    client.on('error', () => undefined)
    client.on('authentication', (attempt) => {
      this.attempts.push(attempt.method)
      if (lets(attempt)) attempt.accept()
      else attempt.reject(methods)
    })
    client.on('session', (accept, reject) => {
      if ((this.#options.refusals ?? 0) > 0) {
        this.#options.refusals = (this.#options.refusals ?? 0) - 1
        reject()
      } else accept().on('exec', (start, _refuse, { command }) => run(command, start()))
    })
  }
}

function run(command: string, channel: ServerChannel): void {
  const child = spawn('sh', ['-c', command], { stdio: 'pipe' })
  child.stdin.on('error', () => undefined)
  channel.on('error', () => undefined).pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code) => {
    channel.exit(code ?? 255)
    channel.end()
  })
}
