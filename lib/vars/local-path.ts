import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** A path on the controller as a user writes it: `~` is their home, anything else starts at the current folder. */
export function localPath(written: string): string {
  return resolve(written.replace(/^~(?=\/|$)/, homedir()))
}
