import { diffFingerprints } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'

/** Sees to it that every tool has done the same: hosts look alike where the work touches them, whoever was there. */
export class EndStates {
  readonly #hosts: readonly LabHost[]
  readonly #touches: (line: string) => boolean
  #agreed: { readonly by: string; readonly states: ReadonlyMap<string, readonly string[]> } | undefined

  constructor(hosts: readonly LabHost[], touches: (line: string) => boolean) {
    this.#hosts = hosts
    this.#touches = touches
  }

  async agree(tool: string): Promise<void> {
    const states = await this.#look()
    this.#agreed ??= { by: tool, states }
    for (const [host, state] of states) {
      const different = diffFingerprints(this.#agreed.states.get(host) ?? [], state)
      if (different.length === 0) continue
      const lines = different.slice(0, 20).join('\n')
      throw new Error(`${tool} left ${host} in another state than ${this.#agreed.by} (-):\n${lines}`)
    }
  }

  async #look(): Promise<ReadonlyMap<string, readonly string[]>> {
    const looked = this.#hosts.map(async (host) => {
      const lines = (await host.fingerprint()).filter((line) => this.#touches(line))
      return [host.name, lines] as const
    })
    return new Map(await Promise.all(looked))
  }
}
