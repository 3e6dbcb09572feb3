import { createCipheriv } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../../../lab/places.ts'

const large = 100_000_000
const [smallFiles, small] = [200, 2000]

/** Where the payload goes, and where on a host it comes from. */
export const target = '/srv/bench'

/** One large file and 200 small ones, the same on every machine, and no compression makes them smaller. */
export function payload(): string {
  const folder = join(cacheDir, 'bench-payload')
  if (existsSync(folder)) return folder
  const made = `${folder}.new`
  rmSync(made, { recursive: true, force: true })
  const own = join(made, target)
  mkdirSync(join(own, 'small'), { recursive: true })
  const random = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16))
  const bytes = (size: number) => random.update(Buffer.alloc(size))
  writeFileSync(join(own, 'large.bin'), bytes(large), { mode: 0o644 })
  for (let i = 0; i < smallFiles; i++)
    writeFileSync(join(own, `small/${i}.bin`), bytes(small), { mode: 0o644 })
  renameSync(made, folder)
  return folder
}
