import { frames } from './frames.ts'
import type { Target } from './fuzz.ts'
import { hosts } from './hosts.ts'
import { inventoryTargets } from './inventories.ts'
import { texts } from './texts.ts'

/** All that reads what it cannot trust. */
export const targets: readonly Target[] = [...frames, ...hosts, ...texts, ...inventoryTargets]
