import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../lab/command.ts'
import { cacheDir } from '../../lab/places.ts'

/** Installs a package of the system, unless the file that it brings is there. */
export async function installed(name: string, file: string): Promise<void> {
  if (existsSync(file)) return
  await command('apt-get', ['update'])
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', name]
  await command('env', ['DEBIAN_FRONTEND=noninteractive', ...install])
}

/** Python packages of our own in their newest versions, apart from those of the system; returns where they stand. */
export async function pythonPackages(...names: readonly string[]): Promise<string> {
  const folder = join(cacheDir, 'bench-python')
  if (!existsSync(join(folder, 'bin/pip'))) {
    await installed('python3-venv', '/usr/share/doc/python3-venv')
    await command('/usr/bin/python3', ['-m', 'venv', folder])
  }
  const pip = join(folder, 'bin/pip')
  const there = new Set((await command(pip, ['list', '--format=freeze'])).match(/^[^=\n]+/gm))
  if (names.some((name) => !there.has(name))) await command(pip, ['install', '--quiet', ...names])
  return folder
}
