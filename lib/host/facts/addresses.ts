/** An address that a host has, and where. */
export interface Interface {
  readonly device: string
  readonly address: string
  readonly prefix: number
  readonly global: boolean
}

/** Reads `ip -o addr`. */
export function addressesIn(text: string): readonly Interface[] {
  return [...text.matchAll(/^\d+:\s+(\S+)\s+inet6?\s+([^/\s]+)(?:\s+peer\s+[^/\s]+)?\/(\d+)(.*)$/gm)].map(
    ([, device = '', address = '', prefix, rest = '']) => ({
      device,
      address,
      prefix: Number(prefix),
      global: rest.includes('scope global'),
    }),
  )
}
