import { UserError } from '../errors.ts'

/** Where in an inventory: a file, or the list given with `-i`, which has no lines. */
export interface Spot {
  readonly file: string
  readonly line?: number
}

/** An inventory that cannot be read as one. Always fatal: half an inventory is not a smaller cluster. */
export class InventoryError extends UserError {
  override readonly name = 'InventoryError'
  readonly file: string
  readonly line?: number
  constructor(spot: Spot, message: string, advice: string, options?: ErrorOptions) {
    super(`${spot.file}${spot.line === undefined ? '' : `:${spot.line}`}: ${message}`, advice, options)
    this.file = spot.file
    if (spot.line !== undefined) this.line = spot.line
  }
}
