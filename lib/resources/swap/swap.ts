import type { Resource } from '../../task/kind.ts'
import { swapFile } from './swap-file.ts'
import { swapOff } from './swap-off.ts'

export type SwapArgs =
  /** Whatever it is that is swapped to, and whatever turns it on at boot. */
  | { readonly state: 'off' }
  /** A file to swap to; a host on which swap is to be off cannot have one. */
  | { readonly file: string; readonly sizeMb: number }

/** Whether the host swaps, and to what; a revert brings back what was on, with its priority. */
export function swap(args: SwapArgs): Resource {
  return 'file' in args ? swapFile(args) : swapOff(args)
}
