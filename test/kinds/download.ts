import { createHash } from 'node:crypto'
import { defaultSettings } from '../../lib/artifacts/index.ts'
import { download } from '../../lib/resources/download/download.ts'
import { scratchFolder } from '../support/scratch.ts'
import type { KindCase } from './case.ts'

const content = `#!/bin/sh\necho a tool\n${'#'.repeat(300_000)}\n`
const sha256 = createHash('sha256').update(content).digest('hex')
const serves = { '/tool': content, '/SHA256SUMS': `${sha256}  tool\n` }
const cache = scratchFolder()
const pushed = { ...defaultSettings, cache, attempts: 1 }
const pulled = { ...pushed, delivery: 'pull' } as const

/** An address of what the case serves; for whoever only asks what there is, any will do. */
const at = (served: string, path: string) => `${served || 'http://127.0.0.1'}${path}`

const damages = (path: string) => [`echo more >> ${path}`, `rm ${path}`, `chmod 644 ${path}`]

export const cases: readonly KindCase[] = [
  {
    kind: 'download',
    title: 'A file is fetched by the controller and sent',
    resources: ({ served }) => [
      download({
        path: '/usr/local/bin/tool',
        url: at(served, '/tool'),
        sha256,
        mode: 0o755,
        owner: 'root',
        artifacts: pushed,
      }),
    ],
    serves,
    damages: [...damages('/usr/local/bin/tool'), 'chown nobody /usr/local/bin/tool'],
  },
  {
    kind: 'download',
    title: 'A file takes the place of another, its checksum from a list',
    resources: ({ served }) => [
      download({
        path: '/opt/fetched',
        url: at(served, '/tool'),
        checksums: { url: at(served, '/SHA256SUMS') },
        mode: 0o700,
        owner: 'nobody',
        artifacts: pushed,
      }),
    ],
    prepare: 'echo an older tool > /opt/fetched; chmod 750 /opt/fetched',
    serves,
    damages: damages('/opt/fetched'),
  },
  {
    kind: 'download',
    title: 'A host fetches a file for itself by curl',
    resources: ({ served }) => [
      download({ path: '/opt/pulled', url: at(served, '/tool'), sha256, mode: 0o750, artifacts: pulled }),
    ],
    prepare: 'ln -s /etc/hostname /opt/pulled',
    serves,
    damages: damages('/opt/pulled'),
  },
  {
    kind: 'download',
    title: 'A host fetches a file for itself by the wget of busybox',
    resources: ({ served }) => [
      download({ path: '/root/tool', url: at(served, '/tool'), sha256, mode: 0o755, artifacts: pulled }),
    ],
    serves,
    damages: damages('/root/tool'),
    system: 'busybox',
  },
]
