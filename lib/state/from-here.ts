import { relative } from 'node:path'

/** A path as it is typed in the working directory: relative below it, whole elsewhere. */
export function fromHere(path: string): string {
  const typed = relative(process.cwd(), path)
  return typed === '' || typed.startsWith('..') ? path : typed
}
