/** Thrown by a fake host for everything after the point at which a test ends the process. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** What a host was asked for and told, and where a test ends the process that does it. */
export class Traffic {
  /** Every command, in order, as it came. */
  readonly commands: string[] = []
  /** Every write, in order, by what it wrote. */
  readonly writes: string[] = []
  /** Batches of calls that did not wait for each other. */
  trips = 0
  /** Called before and after each write; one that throws, or ends the process, stops the host right there. */
  beforeWrite: ((what: string) => unknown) | undefined
  afterWrite: ((what: string) => unknown) | undefined
  /** What a process does before it writes. */
  begin: (() => unknown) | undefined
  #open: Promise<void> | undefined
  #killedBy: Error | undefined

  /** Lets so many writes happen, then nothing more, as for a process that was killed before the next one. */
  failAfter(writes: number): void {
    let left = writes
    this.beforeWrite = (what) => {
      if (left-- <= 0) throw new Killed(`Killed before: ${what}`)
    }
  }

  /** Calls that go out before an earlier one answered share its way. */
  async trip(): Promise<void> {
    if (this.#open === undefined) {
      this.trips++
      this.#open = new Promise((resolve) => {
        setImmediate(() => {
          this.#open = undefined
          resolve()
        })
      })
    }
    await this.#open
    if (this.#killedBy !== undefined) throw this.#killedBy
  }

  async write<T>(what: string, act: () => T | Promise<T>): Promise<T> {
    await this.trip()
    await this.#hook(this.beforeWrite, what)
    this.begin?.()
    this.writes.push(what)
    const result = await act()
    await this.#hook(this.afterWrite, what)
    return result
  }

  /** A write within a command that is already counted. */
  async step(what: string): Promise<void> {
    await this.#hook(this.beforeWrite, what)
    this.writes.push(what)
  }

  async #hook(hook: ((what: string) => unknown) | undefined, what: string): Promise<void> {
    try {
      await hook?.(what)
    } catch (error) {
      this.#killedBy = error instanceof Error ? error : new Killed(String(error))
      throw this.#killedBy
    }
  }
}
