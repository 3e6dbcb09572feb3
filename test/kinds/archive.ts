import { archive } from '../../lib/resources/archive/archive.ts'
import type { KindCase } from './case.ts'

const source = '/root/tool-1.tar.gz'
const to = '/opt/tool'

/** An archive as others make it, and a folder in which something stands already. */
function prepare(compress: string, source: string): string {
  return `
cd /tmp && mkdir -p tool-1/bin "tool-1/share/it's here" && cd tool-1
printf '#!/bin/sh\\necho tool\\n' > bin/tool && chmod 755 bin/tool && ln -s tool bin/again
head -c 300000 /dev/urandom > share/large && echo doc > "share/it's here/doc"
chown -R 1234 . && chmod 640 share/large
cd .. && tar -c ${compress} -f ${source} tool-1 && rm -r tool-1
mkdir -p ${to}/bin && echo theirs > ${to}/bin/tool && echo other > ${to}/bin/other && chmod 700 ${to}/bin`
}

const damages = [
  `echo damaged > ${to}/bin/tool`,
  `rm -r ${to}/share`,
  `chmod 666 ${to}/share/large`,
  `ln -sfn /bin/sh ${to}/bin/again`,
]

export const cases: readonly KindCase[] = [
  {
    kind: 'archive',
    title: 'An archive is unpacked over what stands in its folder',
    resources: () => [archive({ source, to, strip: 1 })],
    prepare: prepare('-z', source),
    damages: [...damages, `chown nobody ${to}/bin/tool`],
  },
  {
    kind: 'archive',
    title: 'A part of an archive is unpacked into a new folder, for another owner',
    resources: () => [
      archive({
        source: '/root/tool.tar.xz',
        to: '/opt/part',
        strip: 2,
        only: ['tool-1/share'],
        owner: 'nobody',
        mode: 0o600,
      }),
    ],
    prepare: `apt-get install -y xz-utils >/dev/null 2>&1\n${prepare('-J', '/root/tool.tar.xz')}`,
    damages: ['rm -r /opt/part', `echo damaged >> "/opt/part/it's here/doc"`],
  },
  {
    kind: 'archive',
    title: 'An archive is unpacked by busybox',
    resources: () => [archive({ source, to, strip: 1 })],
    prepare: prepare('-z', source),
    damages,
    system: 'busybox',
  },
]
