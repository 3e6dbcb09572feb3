import { createReadStream, createWriteStream } from 'node:fs'
import { stat as statFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { UserError } from '../errors.ts'
import { reveal, Secret } from '../secrets/secret.ts'
import { bootAnew } from './boot.ts'
import { exported, quote, sh, type Command } from './command.ts'
import {
  type Answer,
  type Attributes,
  type ExecOptions,
  type Hash,
  type Host,
  type Incoming,
  type Left,
  type Worker,
  type WriteOptions,
} from './host.ts'
import { runJob, type JobHost } from './job.ts'
import { isOurs, quotedPath, temporaryBeside } from './paths.ts'
import { PosixReader, type PosixOptions } from './posix-reader.ts'
import { privateFile } from './root-owned.ts'
import { Together } from './together.ts'
import {
  newFiles,
  preserveScript,
  printScript,
  takePlace,
  writeScript,
  type Writing,
} from './write-script.ts'

/** Larger content goes over a channel of its own, where it holds up no other command. */
const inlineBytes = 128 * 1024
/** One script writes this many. */
const filesAtOnce = 100
const execTimeoutMs = 60_000
const tellEveryMs = 1000

export interface PosixHostOptions extends PosixOptions {
  /** Hears what a long command prints while it runs. */
  readonly onOutput?: ((text: string) => void) | undefined
  /** Done once, before the first change. */
  begin(): Promise<void>
  /** Done when it was booted, before it is worked on again. */
  booted(): Promise<void>
}

/** Changes a host through its kept shell. */
export class PosixHost extends PosixReader implements Host {
  readonly #onOutput: (text: string) => void
  readonly #begin: () => Promise<void>
  readonly #booted: () => Promise<void>
  #begun: Promise<void> | undefined
  readonly #writes = new Together((files: readonly Writing[]) => this.#writeAll(files))

  constructor(options: PosixHostOptions) {
    super(options)
    this.#onOutput = options.onOutput ?? (() => {})
    this.#begin = () => options.begin()
    this.#booted = () => options.booted()
  }

  async exec(command: Command, options: ExecOptions = {}): Promise<Answer> {
    await this.#ready()
    const script = withInput(command, options)
    if (options.job === undefined) {
      const output = await this.run(script, { timeoutMs: execTimeoutMs, ...options })
      return this.checked(command, output, options.ok)
    }
    const as = options.as === this.worker.owner ? undefined : options.as
    if (as !== undefined && !this.worker.isRoot) throw onlyRoot(this.name, command, as, this.worker)
    const then = options.leaves === undefined ? undefined : await this.#leaving(options.leaves)
    const output = await runJob(this.#jobHost(), options.job, script, { ...options, as, then })
    return this.checked(command, output, options.ok)
  }

  async writeFile(path: string, content: Hash, options: WriteOptions): Promise<void> {
    const bytes = this.contents.get(content)
    if (bytes === undefined) await this.#write({ path, source: { copy: content }, options })
    else await this.#put(path, bytes, options)
  }

  async note(path: string, text: string): Promise<void> {
    await this.#put(path, Buffer.from(text), privateFile)
  }

  async preserve(content: Hash, from: { readonly path: string } | { readonly bytes: Buffer }): Promise<void> {
    const produce = 'path' in from ? `cat -- ${quotedPath(from.path)}` : printScript(from.bytes)
    const produced = produce.startsWith('base64') ? `{\n${produce}\n}` : produce
    await this.#script(preserveScript(content, produced, this.footing.paths), 'keep a before-image')
  }

  async setAttributes(path: string, { mode, owner, group }: Partial<Attributes>): Promise<void> {
    const word = quotedPath(path)
    const steps: string[] = []
    const own = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
    if (own !== '') steps.push(`chown -h ${quote(own)} -- ${word}`)
    if (mode !== undefined) steps.push(`chmod ${mode.toString(8)} -- ${word}`)
    if (steps.length > 0) await this.#script(steps.join(' && '))
  }

  async makeDirectory(path: string, { mode, owner, group }: Attributes): Promise<void> {
    const word = quotedPath(path)
    await this.#script(
      `[ -d ${word} ] || (umask 077 && mkdir -- ${word}) && chown ${quote(`${owner}:${group}`)} -- ${word} && chmod ${mode.toString(8)} -- ${word}`,
    )
  }

  async makeLink(path: string, target: string): Promise<void> {
    const temporary = quotedPath(temporaryBeside(path))
    await this.#script(
      `rm -f -- ${temporary} && ln -s -- ${quote(target)} ${temporary} && ${takePlace(temporary, quotedPath(path))}`,
    )
  }

  async remove(name: string, { was }: { readonly was?: Hash } = {}): Promise<void> {
    const path = this.place(name)
    const word = quotedPath(path)
    const keep = was === undefined ? '' : `${preserveScript(was, `cat -- ${word}`, this.footing.paths)}\n`
    const litter = `rm -f -- ${quotedPath(temporaryBeside(path))}`
    await this.#script(
      `${keep}${litter}; if [ -d ${word} ] && [ ! -h ${word} ]; then rmdir -- ${word}; else rm -f -- ${word}; fi`,
    )
  }

  async bootAnew({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
    await this.#ready()
    const { name, session } = this
    await bootAnew({ name, session, run: (script) => this.run(script, {}) }, deadlineMs)
    await this.#booted()
  }

  say(text: string): void {
    // As a program tells it that writes over its own line.
    this.#onOutput(`${text}\r`)
  }

  async upload(from: string | Incoming, path: string, attributes: Attributes): Promise<void> {
    const { stream, bytes } = typeof from === 'string' ? await incoming(from) : from
    let sent = 0
    stream.on('data', (chunk: Buffer) => (sent += chunk.length)).pause()
    const telling = setInterval(() => {
      this.say(`sending ${path}: ${Math.floor((100 * sent) / bytes)} %`)
    }, tellEveryMs)
    try {
      await this.#sendFirst(path, stream, bytes, attributes)
    } finally {
      clearInterval(telling)
    }
  }

  async download(path: string, to: string | Writable): Promise<void> {
    const output = typeof to === 'string' ? createWriteStream(to, { mode: 0o600 }) : to
    const ended = await this.session.stream(`cat -- ${quotedPath(path)}`, { ...this.#user(), output })
    this.checked(sh`cat -- ${path}`, ended)
  }

  async #put(path: string, bytes: Buffer, options: WriteOptions): Promise<void> {
    if (bytes.length > inlineBytes) await this.#sendFirst(path, bytes, bytes.length, options)
    else await this.#write({ path, source: { bytes }, options })
  }

  /** Sends content of any size over a channel of its own; what arrived in part is gone when the channel ends. */
  async #sendFirst(
    name: string,
    input: Readable | Buffer,
    size: number,
    options: WriteOptions,
  ): Promise<void> {
    await this.#ready()
    const path = this.place(name)
    const file = { path, options: { ...options, ...(isOurs(name) ? this.worker : {}) } }
    const program = [
      `t=${quotedPath(temporaryBeside(path))}`,
      `fail() { rm -f -- "$t"; exit 1; }`,
      newFiles([file], this.footing),
      `cat > "$t" && [ "$(wc -c < "$t")" -eq ${size} ] || fail`,
    ].join('\n')
    const sent = await this.session.stream(`sh -c ${quote(program)}`, { ...this.#user(), input })
    this.checked({ text: `receive ${path}` }, sent)
    await this.#write({ path: name, source: { sent: size }, options })
  }

  async #write(file: Writing): Promise<void> {
    await this.#writes.ask([file])
  }

  async #writeAll(files: readonly Writing[]): Promise<readonly Writing[]> {
    for (const some of batches(files)) {
      const [{ path }] = some
      const more = some.length === 1 ? '' : ` and ${some.length - 1} more`
      await this.#script(this.#writing(some), `write ${this.place(path)}${more}`)
    }
    return files
  }

  #writing(files: readonly Writing[]): string {
    const folders = files.flatMap(({ path }) =>
      isOurs(path) ? [this.place(path.slice(0, path.lastIndexOf('/')))] : [],
    )
    const make = [...new Set(folders)].map((folder) => `(umask 077; mkdir -p -- ${quotedPath(folder)})\n`)
    const placed = files.map(({ path, source, options }) => ({
      path: this.place(path),
      source,
      // What is ours is for nobody but whom the host is worked on as.
      options: { ...options, ...(isOurs(path) ? this.worker : {}) },
    }))
    return make.join('') + writeScript(placed, this.footing)
  }

  async #leaving({ path, content }: Left): Promise<string> {
    if (content === undefined) return `rm -f -- ${quotedPath(this.place(path))}`
    return this.#writing([{ path, source: { bytes: await this.bytes(content) }, options: privateFile }])
  }

  /** Runs a script of ours; in an error it is named by what it does, since it may hold content. */
  async #script(text: string, title = text): Promise<void> {
    await this.#ready()
    this.checked({ text: title }, await this.run(text, { timeoutMs: execTimeoutMs }))
  }

  #ready(): Promise<void> {
    return (this.#begun ??= this.#begin())
  }

  #user(): { readonly as?: string } {
    return this.as === undefined ? {} : { as: this.as }
  }

  #jobHost(): JobHost {
    return {
      name: this.name,
      jobs: this.footing.paths.jobs,
      run: (script) => this.run(script, {}),
      contact: () => this.session.contact(),
      onOutput: this.#onOutput,
    }
  }
}

/** As many at once as make a script that holds up no other command for long; a path that is written twice, in turn. */
function batches(files: readonly Writing[]): readonly (readonly [Writing, ...Writing[]])[] {
  const all: [Writing, ...Writing[]][] = []
  let left = 0
  for (const file of files) {
    const size = 'bytes' in file.source ? file.source.bytes.length : 0
    const last = all.at(-1)
    left -= size
    const fits =
      left > 0 && (last?.length ?? 0) < filesAtOnce && last?.every(({ path }) => path !== file.path)
    if (last !== undefined && fits === true) last.push(file)
    else {
      all.push([file])
      left = inlineBytes - size
    }
  }
  return all
}

async function incoming(file: string): Promise<Incoming> {
  const { size } = await statFile(file)
  return { stream: createReadStream(file), bytes: size }
}

/** The whole of a command as a script: its environment, and its input by what the shell has built in. */
function withInput(command: Command, { env = {}, stdin }: ExecOptions): string {
  if (stdin === undefined) return exported(env) + command.text
  const bytes = Buffer.from(stdin instanceof Secret ? reveal(stdin) : stdin)
  const print = printScript(bytes)
  return `${exported(env)}{ ${print}\n} | { ${command.text}\n}`
}

/** A job has left the connection behind, and with it the password for becoming somebody else. */
function onlyRoot(host: string, { text }: Command, as: string, { owner }: Worker): UserError {
  return new UserError(
    `On ${host}, ${owner} should run this as ${as}, and only root can: ${text}`,
    'Become root with --become (-b, or ansible_become=true): root can work as any user.',
  )
}
