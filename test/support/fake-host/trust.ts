import { basename } from 'node:path/posix'
import { changer, refused, said, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

const stores = {
  '/usr/sbin/update-ca-certificates': {
    own: '/usr/share/ca-certificates',
    added: '/usr/local/share/ca-certificates',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
  },
  '/usr/bin/update-ca-trust': {
    own: '/usr/share/pki/ca-trust-source/anchors',
    added: '/etc/pki/ca-trust/source/anchors',
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  },
} as const

/** What makes the bundle of trusted authorities from the files of each; there where its program is a file. */
export function trustPrograms(files: FakeFiles): Programs {
  return ([program = '', ...flags]) => {
    const store = program in stores ? stores[program as keyof typeof stores] : undefined
    if (store === undefined) return undefined
    return changer(() => {
      if (files.get(program) === undefined) return refused(`sh: 1: ${program}: not found`, 127)
      const anchors = [store.own, store.added].flatMap((folder) => files.children(folder))
      files.write(store.bundle, anchors.map((path) => files.read(path) ?? '').join(''))
      if (program === '/usr/sbin/update-ca-certificates') link(files, store.added, flags.includes('--fresh'))
      return said('')
    })
  }
}

/** As Debian does: a link for each, and none for what is gone where all are made afresh. */
function link(files: FakeFiles, added: string, fresh: boolean): void {
  for (const path of fresh ? files.children('/etc/ssl/certs') : []) {
    const entry = files.get(path)
    if (entry?.type === 'link' && files.get(entry.target) === undefined) files.remove(path)
  }
  for (const path of files.children(added)) {
    files.link(`/etc/ssl/certs/${basename(path, '.crt')}.pem`, path)
  }
}
