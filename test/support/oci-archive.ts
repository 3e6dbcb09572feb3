import { createHash } from 'node:crypto'
import { tarball } from './tarball.ts'

/** An image with one small file in it, as an OCI archive: what `ctr images import` and its like take. */
export function ociArchive(name: string): Buffer {
  const layer = tarball({ 'hello.txt': 'hello\n' })
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...described(config) },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...described(layer) }],
  })
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        ...described(manifest),
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { 'io.containerd.image.name': name },
      },
    ],
  }
  const blobs = [layer, config, manifest].map((blob) => [`blobs/${digestOf(blob).replace(':', '/')}`, blob])
  return tarball({
    'oci-layout': JSON.stringify({ imageLayoutVersion: '1.0.0' }),
    'index.json': JSON.stringify(index),
    ...(Object.fromEntries(blobs) as Record<string, string | Buffer>),
  })
}

function described(blob: string | Buffer) {
  return { digest: digestOf(blob), size: Buffer.byteLength(blob) }
}

function digestOf(blob: string | Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`
}
