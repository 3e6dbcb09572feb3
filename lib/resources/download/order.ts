import type { ArtifactOrder } from '../../artifacts/index.ts'
import { reveal, Secret } from '../../secrets/secret.ts'
import type { Hash, Host } from '../../host/host.ts'

/** What a wanted state says of where its content comes from; the order is kept like content, for it may hold secrets. */
export type Hint = { readonly sha256: string; readonly urls: readonly string[]; readonly order: Hash }

/** All that a fetch needs, as content to be kept until the change is made. */
export function orderText({ url, sha256, settings, authorization }: ArtifactOrder): string {
  const plain = (value: unknown) =>
    value instanceof Secret ? { secret: reveal(value), source: value.source } : value
  const { http, https } = settings.proxy
  const proxy = { ...settings.proxy, http: plain(http), https: plain(https) }
  return JSON.stringify({
    url,
    sha256,
    settings: { ...settings, proxy },
    authorization: plain(authorization),
  })
}

/** The order behind a hint, as this process kept it. */
export async function orderOf(host: Host, { order }: Hint): Promise<ArtifactOrder> {
  const text = (await host.bytes(order)).toString()
  return JSON.parse(text, (_, value: unknown) => {
    const isSecret = typeof value === 'object' && value !== null && 'secret' in value && 'source' in value
    return isSecret ? new Secret(String(value.secret), String(value.source)) : value
  }) as ArtifactOrder
}
