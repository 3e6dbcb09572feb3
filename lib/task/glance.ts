import { settingKey } from '../host/setting.ts'
import type { Resource } from './kind.ts'
import type { State } from './state.ts'

/** What was seen of one host's things in one look, before the tasks come to them; good until something changes there. */
export class Glance {
  readonly #seen = new Map<string, State>()

  get isEmpty(): boolean {
    return this.#seen.size === 0
  }

  note(resource: Resource, state: State): void {
    this.#seen.set(keyOf(resource), state)
  }

  /** Hands out each sight once: who comes to a thing again wants to know it as of then. */
  take(resource: Resource): State | undefined {
    const key = keyOf(resource)
    const state = this.#seen.get(key)
    this.#seen.delete(key)
    return state
  }

  forget(): void {
    this.#seen.clear()
  }
}

function keyOf({ kind, ref, setting = {} }: Resource): string {
  return JSON.stringify([kind, ref, settingKey(setting)])
}
