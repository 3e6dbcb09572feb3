import { existsSync } from 'node:fs'
import { command } from '../command.ts'

const needed = {
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/stdio.h',
  'libseccomp-dev': '/usr/include/seccomp.h',
  'pkg-config': '/usr/bin/pkg-config',
} as const

/** Installs what programs with parts in C are built with. */
export async function installBuildTools(): Promise<void> {
  const missing = Object.entries(needed).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length === 0) return
  await command('apt-get', ['update'])
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing]
  await command('env', ['DEBIAN_FRONTEND=noninteractive', ...install])
}
