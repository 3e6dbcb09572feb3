import { existsSync, readFileSync } from 'node:fs'
import { diffFingerprints, type Fingerprint } from '../lab/fingerprint.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { litterOf, withoutLeftovers, withoutOurs } from './aftermath.ts'
import { expectCode, idOf, PlaybookOnLab, type OnEvent } from './on-lab.ts'

/** A moment in a run at which its process is killed. */
export interface KillPoint {
  readonly title: string
  /** Made anew for every run. */
  killer(playbook: PlaybookOnLab): OnEvent
}

/** After so many tasks and resources have been told of, over all hosts. */
export function afterEvents(count: number): KillPoint {
  return {
    title: `after ${count} events`,
    killer: () => {
      let seen = 0
      return (event, child) => {
        if (event.type !== 'task' && event.type !== 'resource') return
        if (++seen === count) child.kill('SIGKILL')
      }
    },
  }
}

/** As soon as so many entries stand in the journal of one host: in the midst of a change, or right after it. */
export function afterEntries(host: string, count: number): KillPoint {
  return {
    title: `after ${count} entries in the journal of ${host}`,
    killer: (playbook) => (event, child) => {
      if (event.type !== 'run-started') return
      const file = playbook.journalFile(event.run, host)
      const watch = setInterval(() => {
        if (entriesIn(file) < count) return
        clearInterval(watch)
        child.kill('SIGKILL')
      }, 1)
      child.on('exit', () => clearInterval(watch))
    },
  }
}

function entriesIn(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

/** Hosts that are as they were made, and what a run that nobody disturbs makes of them. */
export class KillGround {
  readonly playbook: PlaybookOnLab
  readonly lab: Lab
  /** What came of the undisturbed run. */
  readonly undisturbed: TroupeRun
  readonly #args: readonly string[]
  readonly #before: readonly Fingerprint[]
  readonly #after: readonly Fingerprint[]

  private constructor(parts: {
    readonly lab: Lab
    readonly playbook: PlaybookOnLab
    readonly args: readonly string[]
    readonly undisturbed: TroupeRun
    readonly before: readonly Fingerprint[]
    readonly after: readonly Fingerprint[]
  }) {
    this.lab = parts.lab
    this.playbook = parts.playbook
    this.undisturbed = parts.undisturbed
    this.#args = parts.args
    this.#before = parts.before
    this.#after = parts.after
  }

  /** Makes hosts, runs the playbook with these flags once undisturbed, and takes it back. */
  static async create(name: string, hosts: number, args: readonly string[] = []): Promise<KillGround> {
    const lab = await createLab({ hosts })
    try {
      const playbook = new PlaybookOnLab(lab, name)
      const before = await fingerprints(lab)
      const undisturbed = await playbook.run(args)
      expectCode(undisturbed, 0, 'The undisturbed run')
      const after = await fingerprints(lab)
      const ground = new KillGround({ lab, playbook, args, undisturbed, before, after })
      await ground.isBackAfter(await playbook.revert(undisturbed), 'The revert of the undisturbed run')
      return ground
    } catch (error) {
      await lab.destroy()
      throw error
    }
  }

  /** Killed and resumed it ends as if nobody had disturbed it; and from there a revert finds the way back. */
  async resumes(point: KillPoint): Promise<void> {
    const run = await this.#kill(point)
    const resumed = await this.playbook.resume()
    expectCode(resumed, 0, `The resume ${point.title}`)
    await this.#compare(this.#after, withoutOurs, `Killed ${point.title} and resumed`)
    await this.isBackAfter(await this.playbook.revert(run), `Killed ${point.title}, resumed and reverted`)
  }

  /** Killed and reverted by another process, the hosts are as they were before. */
  async reverts(point: KillPoint): Promise<void> {
    const run = await this.#kill(point)
    await this.isBackAfter(await this.playbook.revert(run), `Killed ${point.title} and reverted`)
  }

  /** Holds the hosts against what they were before, without a trace of ours. */
  async isBackAfter(revert: TroupeRun, what: string): Promise<void> {
    expectCode(revert, 0, what)
    await this.#compare(this.#before, (whole) => whole, what)
  }

  async #kill(point: KillPoint): Promise<TroupeRun> {
    const run = await this.playbook.run(this.#args, point.killer(this.playbook))
    if (run.signal !== 'SIGKILL')
      throw new Error(`${point.title}: the run ${idOf(run)} ended with ${run.code} before it was killed.`)
    return run
  }

  async #compare(
    expected: readonly Fingerprint[],
    part: (whole: Fingerprint) => Fingerprint,
    what: string,
  ): Promise<void> {
    const found = await fingerprints(this.lab)
    const wrong = this.lab.hosts.flatMap(({ name }, index) => {
      const [was, is] = [expected[index] ?? [], found[index] ?? []]
      const differences = [
        ...diffFingerprints(part(was), part(is)),
        ...litterOf(is).map((line) => `litter: ${line}`),
      ]
      return differences.map((line) => `  ${name} ${line}`)
    })
    if (wrong.length === 0) return
    throw new Error(`${what}, the hosts are not as they should be:\n${wrong.slice(0, 40).join('\n')}`)
  }
}

async function fingerprints(lab: Lab): Promise<readonly Fingerprint[]> {
  return Promise.all(lab.hosts.map(async (host) => withoutLeftovers(await host.fingerprint())))
}
