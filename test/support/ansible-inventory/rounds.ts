import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../fuzz/random.ts'
import { scratchFolder } from '../scratch.ts'
import { hasRange, makeCase } from './case.ts'
import { differences } from './compare.ts'
import { readHere } from './differences.ts'
import { startReferee } from './referee.ts'

interface Judged {
  readonly cases: number
  /** How often a difference that is listed was met, by its name. */
  readonly met: Readonly<Record<'namesakes' | 'ranges' | 'readHere', number>>
}

/** Judges so many cases; throws with what differs in the first ones, and all that is needed to see them again. */
export async function compareCases(count: number, seed: string): Promise<Judged> {
  console.log(`INVENTORY_SEED=${seed}`)
  const referee = await startReferee()
  const folder = scratchFolder()
  const found: string[] = []
  const met = { namesakes: 0, ranges: 0, readHere: 0 }
  let judged = 0
  try {
    for (let round = 0; round < count && found.length < 5; round++, judged++) {
      const place = join(folder, String(round))
      const each = makeCase(new Random(`${seed}/${round}`), place)
      const verdict = await referee.judge(each)
      if (verdict.met?.includes('namesakes') === true) met.namesakes++
      if (each.sources.some(hasRange)) met.ranges++
      if (verdict.broken.some((warning) => readHere.warned.test(warning))) met.readHere++
      const wrong = await differences(each, verdict)
      if (wrong.length > 0)
        found.push(`round ${seed}/${round}, -i ${each.sources.join(' -i ')}:\n${wrong.join('\n')}`)
      rmSync(place, { recursive: true, force: true })
    }
  } finally {
    referee.end()
  }
  if (found.length > 0) throw new Error(found.join('\n\n'))
  return { cases: judged, met }
}
