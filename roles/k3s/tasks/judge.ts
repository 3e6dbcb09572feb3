import type { Seen } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { foreignFindings, foundingFindings, judged } from '../judge.ts'
import { standingAsFound } from '../standing.ts'
import { joinToken } from '../token.ts'

/** Finds out what speaks against touching the host, against the cluster that is there. */
export async function judge(context: K3sContext, seen: Seen, { mayFound = true } = {}): Promise<void> {
  const { host, vars, fact, inspect } = context
  const { course, product, dataDir } = seen
  const outside = vars.serverUrl !== undefined
  const holder =
    course.is === 'goes on' ? host.name : course.is === 'joins' && !outside ? course.from : undefined
  await inspect('Refuse what would not be one cluster', async () => {
    const standing = holder === undefined ? undefined : await fact(holder, standingAsFound(product, dataDir))
    const token = standing?.ca === undefined ? undefined : await fact(holder ?? '', joinToken(dataDir))
    const foreign = outside || course.is === 'refused' ? [] : foreignFindings(context, seen, standing?.ca)
    const founding = mayFound ? [] : foundingFindings(seen)
    return [...founding, ...judged(context, seen, token), ...foreign]
  })
}
