import { UserError } from '../errors.ts'

/** Where in an inventory: a file, or the list given with `-i`, which has no lines. */
export interface Spot {
  readonly file: string
  readonly line?: number
}

/** Something that can be read, but probably means something else to whoever wrote it. */
export interface InventoryWarning extends Spot {
  readonly message: string
}

/** `hosts.ini:3` */
export function spotText({ file, line }: Spot): string {
  return line === undefined ? file : `${file}:${line}`
}

/** An inventory that cannot be read as one. Always fatal: half an inventory is not a smaller cluster. */
export class InventoryError extends UserError {
  override readonly name = 'InventoryError'
  readonly file: string
  readonly line?: number
  constructor(spot: Spot, message: string, advice: string, options?: ErrorOptions) {
    super(`${spotText(spot)}: ${message}`, advice, options)
    this.file = spot.file
    if (spot.line !== undefined) this.line = spot.line
  }
}
