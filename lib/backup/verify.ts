import type { Secret } from '../secrets/secret.ts'
import { measureOf } from './measured.ts'
import { plainStream, readManifest, storedStream } from './read.ts'
import type { Store } from './store.ts'
import { Unsound } from './unsound.ts'

export interface Verified {
  readonly name: string
  /** How deep it was looked: what is kept, or also what it holds once decrypted. */
  readonly looked: 'stored' | 'decrypted'
  readonly files: number
  /** What is wrong, a sentence each; empty when all is as it was written. */
  readonly wrong: readonly string[]
}

/** Reads all of a backup; with an identity it is decrypted, too. That the store does not answer is thrown. */
export async function verifyBackup(
  store: Store,
  cluster: string,
  name: string,
  identity: Secret | undefined,
): Promise<Verified> {
  const looked = identity === undefined ? 'stored' : 'decrypted'
  try {
    const manifest = await readManifest(store, cluster, name)
    const wrong: string[] = []
    for (const file of manifest.files) {
      const stream = () =>
        identity === undefined
          ? storedStream(store, manifest, file)
          : plainStream(store, manifest, file, identity)
      await stream().then(measureOf).catch(told(wrong))
    }
    return { name, looked, files: manifest.files.length, wrong }
  } catch (error) {
    const wrong: string[] = []
    told(wrong)(error)
    return { name, looked, files: 0, wrong }
  }
}

function told(wrong: string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Unsound)) throw error
    wrong.push(error.message)
  }
}
