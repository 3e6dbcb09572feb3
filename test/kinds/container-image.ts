import { containerImage } from '../../lib/resources/container-image.ts'
import { file } from '../../lib/resources/file.ts'
import { ociArchive } from '../support/oci-archive.ts'
import type { KindCase } from './case.ts'

const name = 'example.org/tiny:1'
const from = '/opt/tiny.tar'

export const cases: readonly KindCase[] = [
  {
    kind: 'image',
    title: 'An image comes from an archive into containerd',
    resources: () => [file({ path: from, content: ociArchive(name) }), containerImage({ image: name, from })],
    // Its store is a file system of its own: a runtime cannot put an overlay of its own on an overlay.
    prepare: `apt-get update > /dev/null 2>&1
mkdir -p /var/lib/containerd && mount -t tmpfs tmpfs /var/lib/containerd
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends containerd > /dev/null 2>&1
i=0; until ctr version > /dev/null 2>&1 || [ $i -gt 50 ]; do sleep 0.2; i=$((i + 1)); done`,
    damages: [`ctr -n k8s.io images rm ${name}`],
  },
]
