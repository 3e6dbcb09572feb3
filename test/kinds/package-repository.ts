import { gzipSync } from 'node:zlib'
import { packageRepository } from '../../lib/resources/package-repository/package-repository.ts'
import type { KindCase } from './case.ts'

const own = '/etc/apt/sources.list.d/local.sources'
/** A flat repository with nothing in it; nobody has signed it. */
const serves = {
  '/flat/Packages': '',
  '/flat/Packages.gz': gzipSync(''),
  '/flat/Release': [
    'Origin: local',
    'Date: Thu, 01 Jan 2026 00:00:00 UTC',
    'SHA256:',
    ' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 Packages',
    '',
  ].join('\n'),
}

export const cases: readonly KindCase[] = [
  {
    kind: 'packageRepository',
    title: 'A repository comes with its key, a pin and its lists',
    prepare: [
      // The proxy of the lab hands out what its mirrors have, and nothing else.
      'controller=$(hostname -I | cut -d. -f1-3).1',
      'echo "Acquire::http::Proxy::$controller DIRECT;" > /etc/apt/apt.conf.d/99direct',
    ].join('\n'),
    resources: ({ served }) => [
      packageRepository({
        name: 'local',
        apt: {
          uris: [`${served === '' ? 'http://not.yet' : served}/flat/`],
          suites: ['/'],
          trusted: true,
          pin: { priority: 900 },
        },
        key: Buffer.from('stands for a key').toString('base64'),
      }),
    ],
    damages: [`rm ${own}`, 'echo x >> /etc/apt/keyrings/local.gpg', 'rm /etc/apt/preferences.d/local'],
    noise: [
      { line: /^path \/var\/(cache\/apt|lib\/apt\/(lists|periodic))\//, why: 'what apt keeps of all lists' },
    ],
    serves,
  },
]
