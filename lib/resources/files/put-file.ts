import type { Hash, Host } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'

/** Brings a file of the system from one content to another, null being no file; what stood there is kept. */
export async function putFile(
  host: Host,
  path: string,
  { from, to }: { readonly from: Hash | null; readonly to: Hash | null },
): Promise<void> {
  if (from === to) return
  const was = from === null ? {} : { was: from }
  if (to === null) await host.remove(path, was)
  else await host.writeFile(path, to, { ...systemFile, ...was })
}
