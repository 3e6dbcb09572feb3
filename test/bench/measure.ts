import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childCgroup, killMembers, makeCgroup, ownCgroup, removeCgroup, type Cgroup } from '../lab/cgroups.ts'
import type { Invocation } from './tools/tool.ts'

export interface Measured {
  readonly wallS: number
  /** Of all processes that were started, also those that stayed behind. */
  readonly cpuS: number
  readonly peakMB: number
  readonly output: string
}

const sampleEveryMs = 20

/** Measures programs in a cgroup of their own, so that forks and what they leave running count too. */
export class Stopwatch implements AsyncDisposable {
  readonly #cgroup: Cgroup = childCgroup(ownCgroup(), `troupe-bench-${process.pid}`)

  constructor() {
    makeCgroup(this.#cgroup)
  }

  /** Runs a program to its end; any exit code but 0 is an error. */
  async measure(invocation: Invocation, outputFile: string): Promise<Measured> {
    const cpuBefore = this.#cpuSeconds()
    let peakMB = 0
    const sample = () => (peakMB = Math.max(peakMB, this.#memoryMB()))
    const sampling = setInterval(sample, sampleEveryMs)
    const started = performance.now()
    try {
      const code = await this.#run(invocation, outputFile)
      const wallS = (performance.now() - started) / 1000
      const output = readFileSync(outputFile, 'utf8')
      if (code !== 0) {
        const { program, args } = invocation
        throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`)
      }
      return { wallS, cpuS: this.#cpuSeconds() - cpuBefore, peakMB, output }
    } finally {
      clearInterval(sampling)
    }
  }

  /** Ends what a tool left running. */
  async sweep(): Promise<void> {
    await killMembers(this.#cgroup)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return removeCgroup(this.#cgroup)
  }

  /** Output goes to a file, since what stays behind may keep a pipe open. */
  #run({ program, args, env, folder }: Invocation, outputFile: string): Promise<number> {
    const file = openSync(outputFile, 'w')
    const enter = this.#cgroup.map((path) => `echo $$ >${path}/cgroup.procs;`).join(' ')
    return new Promise<number>((resolve, reject) => {
      const child = spawn('sh', ['-c', `${enter} exec "$@"`, 'sh', program, ...args], {
        env: { ...process.env, ...env },
        cwd: folder,
        stdio: ['ignore', file, file],
      })
      child.on('error', reject)
      child.on('exit', (code) => resolve(code ?? 255))
    }).finally(() => closeSync(file))
  }

  #cpuSeconds(): number {
    const v1 = this.#file('cpuacct.usage')
    if (v1 !== undefined) return Number(readFileSync(v1, 'utf8')) / 1e9
    return this.#field('cpu.stat', /^usage_usec (\d+)/m) / 1e6
  }

  #memoryMB(): number {
    return this.#field('memory.stat', /^(?:total_rss|anon) (\d+)/m) / 1e6
  }

  #field(name: string, pattern: RegExp): number {
    const file = this.#file(name)
    const value = file === undefined ? undefined : pattern.exec(readFileSync(file, 'utf8'))?.[1]
    if (value === undefined) throw new Error(`This machine's cgroups have no ${name} that says ${pattern}.`)
    return Number(value)
  }

  #file(name: string): string | undefined {
    return this.#cgroup.map((path) => join(path, name)).find((path) => existsSync(path))
  }
}
