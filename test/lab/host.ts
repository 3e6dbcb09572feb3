import { readFileSync } from 'node:fs'
import type { Cgroup } from './cgroups.ts'
import { command, type Outcome } from './command.ts'
import { type Fingerprint, takeFingerprint } from './fingerprint.ts'
import { consoleOf, isRunning, kill, processesOf, start } from './machine.ts'
import { linkOf } from './network.ts'
import { commandLine, isStopped, signal } from './processes.ts'
import { type HostRecord, rootOf } from './record.ts'
import { Ssh } from './ssh.ts'
import { waitFor } from './wait.ts'

const bootTimeoutMs = 60_000

/** A real host: systemd as PID 1, its own network, sshd; and the faults that can befall one. */
export class LabHost {
  readonly name: string
  readonly address: string
  readonly port = 22
  /** The host's merged root file system, as this machine sees it. */
  readonly root: string
  readonly record: HostRecord
  readonly #labCgroup: Cgroup
  readonly #ssh: Ssh

  constructor(record: HostRecord, labCgroup: Cgroup) {
    this.record = record
    this.name = record.name
    this.address = record.address
    this.root = rootOf(record)
    this.#labCgroup = labCgroup
    this.#ssh = new Ssh(record)
  }

  /** Runs a script as root, over ssh. Whatever it ends with is an answer; only no answer is an error. */
  run(script: string, options: { readonly timeoutMs?: number } = {}): Promise<Outcome> {
    return this.#ssh.run(script, options.timeoutMs)
  }

  /** Runs a script as root and returns what it printed; any exit code but 0 is an error. */
  async must(script: string, options: { readonly timeoutMs?: number } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(script, options)
    if (code !== 0) throw new Error(`${this.name}: ended with ${code}:\n${script}\n${stderr || stdout}`)
    return stdout
  }

  /** As a power cut: nothing in the host hears of it. Returns when it is down. */
  async powerOff(): Promise<void> {
    this.#ssh.close()
    await kill(this.record)
  }

  /** Starts a host that is down, with the files it had. Returns when it has booted and lets somebody in. */
  async powerOn(): Promise<void> {
    if (isRunning(this.record)) throw new Error(`${this.name} is running already`)
    await start(this.record, this.#labCgroup)
    await this.#booted()
  }

  /** Reboots from inside and returns when the host is back. */
  async reboot(): Promise<void> {
    const before = await this.#bootId()
    await this.run('systemctl reboot 2>/dev/null || reboot', { timeoutMs: 5000 }).catch(() => undefined)
    await this.awaitReboot(before)
  }

  /** Returns when the host is back from a reboot that somebody else began; `before` is the boot id until then. */
  async awaitReboot(before: string): Promise<void> {
    await waitFor(`${this.name} to reboot`, bootTimeoutMs, async () => {
      this.#ssh.close()
      const id = await this.#bootId().catch(() => undefined)
      return id === undefined || id === before ? undefined : true
    })
    await this.#booted()
  }

  /** Stops every process where it is; connections stay open and nobody answers. */
  async freeze(): Promise<void> {
    await waitFor(`${this.name} to stand still`, 10_000, () => {
      const moving = processesOf(this.record).filter((pid) => !isStopped(pid))
      for (const pid of moving) signal(pid, 'SIGSTOP')
      return moving.length === 0 ? true : undefined
    })
  }

  thaw(): void {
    for (const pid of processesOf(this.record)) signal(pid, 'SIGCONT')
  }

  async cutNetwork(): Promise<void> {
    await command('ip', ['link', 'set', linkOf(this.record.machine), 'down'])
  }

  async restoreNetwork(): Promise<void> {
    await command('ip', ['link', 'set', linkOf(this.record.machine), 'up'])
  }

  /** Gives the folder a disk of its own, of that size; what it held is copied over. */
  async smallDisk(path: string, mb: number): Promise<void> {
    await this.must(
      `mkdir -p '${path}' && cd '${path}' && mount -t tmpfs -o size=${mb}m,mode=$(stat -c %a .) tmpfs '${path}' && ` +
        `cp -a . '${path}/'`,
    )
  }

  /** Fills a small disk to the last byte. */
  async fillDisk(path: string): Promise<void> {
    const limited = this.record.diskMb !== undefined
    const check = limited ? 'true' : `[ "$(stat -f -c %T '${path}')" = tmpfs ]`
    await this.must(
      `${check} || { echo 'not a small disk: see smallDisk and diskMb' >&2; exit 1; }\n` +
        `cat /dev/zero >'${path}/.filled' 2>/dev/null; [ -s '${path}/.filled' ]`,
    )
  }

  async freeDisk(path: string): Promise<void> {
    await this.must(`rm -f '${path}/.filled'`)
  }

  /** The command lines of all that runs in the host at this moment, seen from outside. */
  processes(): readonly string[] {
    return processesOf(this.record).flatMap((pid) => commandLine(pid) || [])
  }

  /** Everything by which this host differs from a fresh one; see `fingerprint.ts`. */
  fingerprint(): Promise<Fingerprint> {
    return takeFingerprint(this)
  }

  /** What the host said on its console. */
  console(): string {
    return readFileSync(consoleOf(this.record), 'utf8')
  }

  /** Lets go of the connection; the host stays. */
  disconnect(): void {
    this.#ssh.close()
  }

  async #booted(): Promise<void> {
    await waitFor(`login to ${this.name} (${this.address})`, bootTimeoutMs, async () => {
      if (!isRunning(this.record)) throw new Error(`${this.name} went down while it booted`)
      return (await this.#ssh.answers()) || undefined
    })
    if (this.record.system !== 'busybox') await this.run('systemctl is-system-running --wait')
  }

  async #bootId(): Promise<string> {
    return (await this.run('cat /proc/sys/kernel/random/boot_id', { timeoutMs: 3000 })).stdout.trim()
  }
}
