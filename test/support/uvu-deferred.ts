/** Imported before uvu: it then leaves it to `test/run.ts` when its queue is run. */
export const queue: [string, ...unknown[]][] = []
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: queue })

/** Opens a group in the queue; what runs next goes into it. */
export function openGroup(name: string): void {
  Object.assign(globalThis, { UVU_INDEX: queue.push([name]) - 1 })
}
