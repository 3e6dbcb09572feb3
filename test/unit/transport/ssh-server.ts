import { spawn } from 'node:child_process'
import { connect, createServer, type Server as TcpServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, Connection as SshClient, ServerChannel } from 'ssh2'

export interface ServerOptions {
  /** Says yes to a login; every attempt is noted before. */
  readonly lets?: (attempt: AuthContext) => boolean
  readonly methods?: AuthContext['method'][]
  readonly banner?: string
  /** Lets nobody through to other addresses, as sshd with AllowTcpForwarding no. */
  readonly closed?: boolean
  /** Asks these in turn, each time so many at once, before it says yes. */
  readonly questions?: readonly (readonly string[])[]
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
  readonly answers: string[] = []
  readonly hostKey = newKeyPair()
  connections = 0
  /** How many went through it to another address. */
  through = 0
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
    this.#tcp = createServer({ noDelay: true }, (socket) => {
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

  /** How many connections there are. */
  get open(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length
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
    const { lets = () => true, methods = ['publickey', 'password'], closed = false } = this.#options
    client.on('error', () => undefined)
    client.on('authentication', (attempt) => {
      this.attempts.push(attempt.method)
      const { questions } = this.#options
      if (questions !== undefined && attempt.method === 'keyboard-interactive') this.#ask(attempt, questions)
      else if (questions === undefined && lets(attempt)) attempt.accept()
      else attempt.reject(methods)
    })
    client.on('session', (accept, reject) => {
      if ((this.#options.refusals ?? 0) > 0) {
        this.#options.refusals = (this.#options.refusals ?? 0) - 1
        reject()
      } else accept().on('exec', (start, _refuse, { command }) => run(command, start()))
    })
    if (closed) return
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const socket = connect({ port: destPort, host: destIP, noDelay: true })
      socket
        .once('error', () => reject())
        .once('connect', () => {
          this.through++
          const channel = accept().on('error', () => undefined)
          socket
            .on('error', () => channel.close())
            .pipe(channel)
            .pipe(socket)
          channel.once('close', () => socket.destroy())
        })
    })
  }

  #ask(
    attempt: Extract<AuthContext, { method: 'keyboard-interactive' }>,
    [next, ...later]: readonly (readonly string[])[],
  ): void {
    if (next === undefined) return attempt.accept()
    const prompts = next.map((prompt) => ({ prompt, echo: false }))
    attempt.prompt(prompts, (answers) => {
      this.answers.push(...answers)
      this.#ask(attempt, later)
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
