import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What Ansible passes over in a folder of inventories: variables, back-ups, notes, and settings; and our certificates. */
const passedOver =
  /^\.|^(?:host_vars|group_vars|vars_plugins|pki)$|(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$/

/** The sources in a folder, in the order in which they are read. */
export async function sourcesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => !passedOver.test(name))
  return names.toSorted().map((name) => join(folder, name))
}
