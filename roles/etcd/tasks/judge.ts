import { lookAround } from '../cluster.ts'
import type { EtcdContext } from '../context.ts'
import { judged, type Aim } from '../judge.ts'

/** Finds out what speaks against touching the host, against the cluster that is there. */
export async function judge(context: EtcdContext, aim: Aim): Promise<void> {
  const seen = await lookAround(context)
  await context.inspect('Refuse what would not be one cluster', async () => judged(context, seen, aim))
}
