interface Waiting {
  readonly turns: number
  readonly begin: () => void
}

/** Lets so many in at once; the others wait in the order in which they came. */
export class Turns {
  #free: number
  readonly #waiting: Waiting[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves when it is the caller's turn, or so many turns at once, with what ends it; ending it twice is harmless. */
  async take(turns = 1): Promise<() => void> {
    if (this.#waiting.length === 0 && this.#free >= turns) this.#free -= turns
    else await new Promise<void>((begin) => this.#waiting.push({ turns, begin }))
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#free += turns
      this.#letIn()
    }
  }

  #letIn(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.turns <= this.#free;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift()
      this.#free -= next.turns
      next.begin()
    }
  }
}
