import { createHash } from 'node:crypto'

/** An image with one small file in it, as an OCI archive: what `ctr images import` and its like take. */
export function ociArchive(name: string): Buffer {
  const layer = tar({ 'hello.txt': 'hello\n' })
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
  return tar({
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

const blockBytes = 512

/** Plain files as a tar archive. */
function tar(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, content]) => {
    const bytes = Buffer.from(content)
    return [header(path, bytes.length), bytes, Buffer.alloc(-bytes.length & (blockBytes - 1))]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)])
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  block.write(path, 0)
  block.write(octal(0o644, 8), 100)
  for (const at of [108, 116]) block.write(octal(0, 8), at)
  block.write(octal(size, 12), 124)
  block.write(octal(0, 12), 136)
  // While it is added up, the place of the sum holds blanks.
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((all, byte) => all + byte, 0)
  block.write(`${octal(sum, 7)}\u0000 `, 148)
  return block
}
