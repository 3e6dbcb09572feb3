export type X509Library = Awaited<ReturnType<typeof x509Library>>

type Metadata = Map<unknown, unknown>

/** Loads the library that writes certificates, which is large and asks for what few programs have. */
export async function x509Library() {
  if (!('getMetadata' in Reflect)) Object.assign(Reflect, metadata(new WeakMap()))
  return import('@peculiar/x509')
}

/** All that the library uses of the proposal for metadata: without it, it does not load. */
function metadata(of: WeakMap<object, Metadata>) {
  const own = (key: unknown, target: object) => of.get(target)?.get(key)
  return {
    getOwnMetadata: own,
    getMetadata(key: unknown, target: object): unknown {
      const above: unknown = Object.getPrototypeOf(target)
      const found = own(key, target)
      if (found !== undefined || typeof above !== 'function') return found
      return this.getMetadata(key, above)
    },
    defineMetadata(key: unknown, value: unknown, target: object): void {
      const all: Metadata = of.get(target) ?? new Map()
      of.set(target, all.set(key, value))
    },
  }
}
