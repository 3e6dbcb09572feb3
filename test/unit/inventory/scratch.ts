import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadInventory, type Inventory } from '../../../lib/inventory/inventory.ts'

const folders: string[] = []
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A folder with these files, which is gone when the tests have ended. */
export function scratch(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-inventory-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** The inventory that a text makes. */
export function inventoryOf(text: string): Promise<Inventory> {
  return loadInventory([join(scratch({ 'hosts.ini': text }), 'hosts.ini')])
}

/** What a call throws or rejects with. */
export async function failureOf(work: () => unknown): Promise<Error & { readonly advice?: string }> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) return error
    throw new Error('something that is no error was thrown', { cause: error })
  }
  throw new Error('it did not fail')
}
