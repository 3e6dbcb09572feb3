import { readFile, stat } from 'node:fs/promises'

interface Shared {
  readonly stamp: string
  readonly content: Promise<WeakRef<Buffer>>
}

const shared = new Map<string, Shared>()

/** The bytes of a file on the controller; hosts that are given the same file share them for as long as one needs them. */
export async function readSourceFile(path: string): Promise<Buffer> {
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path)
  const stamp = [dev, ino, size, mtimeMs, ctimeMs].join(' ')
  const known = shared.get(path)
  const held = known?.stamp === stamp ? (await known.content).deref() : undefined
  if (held !== undefined) return held
  const reading = readFile(path)
  const content = reading.then((bytes) => new WeakRef(bytes))
  // Whoever asks meanwhile waits for the same bytes; what cannot be read is tried again by the next one.
  shared.set(path, { stamp, content })
  content.catch(() => shared.delete(path))
  return reading
}
