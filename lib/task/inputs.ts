import { inSetting } from '../host/setting.ts'
import type { HostRun, Written } from './host-run.ts'
import type { Identity } from './journal.ts'
import { kindOf, type Input } from './kind.ts'

/** What a dependant is told of a thing with this digest. */
export function inputOf(digest: string, written: Written | undefined): Input {
  if (written === undefined) return { digest }
  const { atBoot, repairs } = written
  return { digest, atBoot, repairs }
}

/** Digests of what stands now, for what reacts to it. */
export async function inputsNow(on: HostRun, after: readonly Identity[]): Promise<Record<string, Input>> {
  const inputs: Record<string, Input> = {}
  for (const { kind, id, ref, setting = {} } of after) {
    const { digest, read } = kindOf(kind)
    const [state] = digest === undefined ? [] : await read(inSetting(on.reader, setting), [ref])
    if (digest === undefined || state === undefined || state instanceof Error) continue
    inputs[id] = inputOf(digest(state), on.memory.changed.get(id))
  }
  return inputs
}
