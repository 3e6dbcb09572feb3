/** Names that one host at a time may hold: one learner at a time, whoever adds it. */
export class Exclusives {
  readonly #holders = new Map<
    string,
    { readonly owner: object; readonly free: Promise<void>; release(): void }
  >()

  /** Waits until the name is free, then holds it for the owner until `releaseAll`. */
  async hold(name: string, owner: object): Promise<void> {
    for (;;) {
      const holder = this.#holders.get(name)
      if (holder?.owner === owner) return
      if (holder === undefined) break
      await holder.free
    }
    let release = () => {}
    const free = new Promise<void>((resolve) => (release = resolve))
    this.#holders.set(name, { owner, free, release: () => release() })
  }

  releaseAll(owner: object): void {
    for (const [name, holder] of this.#holders) {
      if (holder.owner !== owner) continue
      this.#holders.delete(name)
      holder.release()
    }
  }
}
