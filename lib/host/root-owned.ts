import type { Attributes } from './host.ts'

const root = { owner: 'root', group: 'root' } as const

/** A file of the system: everybody may read it. */
export const systemFile = { mode: 0o644, ...root } as const satisfies Attributes

/** A folder of the system: everybody may look into it. */
export const systemFolder = { mode: 0o755, ...root } as const satisfies Attributes

/** A file for root and nobody else. What is ours gets these, and belongs to whom the host is worked on as. */
export const privateFile = { mode: 0o600, ...root } as const satisfies Attributes
