import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tree } from '../../lib/resources/files/tree.ts'
import { scratchFolder } from '../support/scratch.ts'
import type { KindCase } from './case.ts'

const path = '/etc/app'

/** A folder on the controller with two hundred small files, a large one, a program and a link to it. */
function source(): string {
  const root = scratchFolder()
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(root, 'parts/deep er'), { recursive: true })
  for (let n = 0; n < 200; n++) writeFileSync(join(root, `parts/${n}.conf`), `number = ${n}\n`)
  writeFileSync(join(root, "parts/deep er/it's $(one)"), Buffer.from([0, 1, 2, 255]))
  writeFileSync(join(root, 'parts/large'), 'large\n'.repeat(100_000))
  writeFileSync(join(root, 'bin/start'), '#!/bin/sh\n')
  chmodSync(join(root, 'bin/start'), 0o700)
  symlinkSync('start', join(root, 'bin/again'))
  return root
}

const prepare = `
mkdir -p ${path}/parts ${path}/theirs/deep && echo theirs > ${path}/theirs/deep/file
echo 'number = old' > ${path}/parts/7.conf && chmod 600 ${path}/parts/7.conf
ln -sfn /nowhere ${path}/dangling`

const damages = [
  `echo damaged > ${path}/parts/3.conf`,
  `rm -r ${path}/parts/deep*`,
  `chmod 600 ${path}/bin/start`,
  `ln -sfn /bin/sh ${path}/bin/again`,
  `rm -r ${path}/parts ${path}/bin`,
]

export const cases: readonly KindCase[] = [
  {
    kind: 'tree',
    title: 'A folder of two hundred files comes beside what others put there',
    resources: () => [tree({ path, source: source() })],
    prepare,
    damages,
  },
  {
    kind: 'tree',
    title: 'A folder holds what its source has and nothing else',
    resources: () => [
      tree({ path, source: source(), owner: 'nobody', fileMode: 0o640, dirMode: 0o750, removeExtra: true }),
    ],
    prepare,
    damages: [
      ...damages,
      `rm -r ${path}`,
      `echo x > ${path}/extra; mkdir ${path}/more; ln -s x ${path}/more/link`,
    ],
  },
  {
    kind: 'tree',
    title: 'A folder comes where there is nothing but busybox',
    resources: () => [tree({ path, source: source(), removeExtra: true })],
    prepare,
    damages: [...damages, `rm -r ${path}`],
    system: 'busybox',
  },
]
