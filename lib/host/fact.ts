import type { HostReader } from './host.ts'

/** A typed, read-only question to a host. */
export interface Fact<T> {
  readonly name: string
  /** No change that a run makes alters the answer: the system's family, the architecture. */
  readonly lasting: boolean
  /** What `--list-tasks` takes for granted, since it asks no host. */
  readonly assumed?: T
  /** It may have no answer: undefined then, which holds only until it is asked anew. */
  readonly optional?: true
  /** Of another host that cannot be reached, it is undefined; else that ends what asks. */
  readonly unlessLost?: true
  read(host: HostReader): Promise<T>
}

/** Defines a question; the name is its identity, so what it depends on belongs into it. */
export function defineFact<T>(
  name: string,
  read: (host: HostReader) => Promise<T>,
  options: { readonly lasting?: boolean; readonly assumed?: NoInfer<T> } = {},
): Fact<T> {
  return { name, read, ...options, lasting: options.lasting ?? false }
}

/** The same question as it was answered first in the run: for who knows that nothing the run does alters the answer. */
export function asFound<T>(fact: Fact<T>): Fact<T> {
  return { ...fact, name: `${fact.name}, as found`, lasting: true }
}

/** The same question to a host that may be off: for who can do without it, and asks another one then. */
export function unlessLost<T>(fact: Fact<T>): Fact<T | undefined> {
  return { ...(fact as Fact<T | undefined>), unlessLost: true }
}

/** The answers of one host, remembered until it changes. */
export class FactMemory {
  readonly #reader: HostReader
  readonly #lasting = new Map<string, Promise<unknown>>()
  #passing = new Map<string, Promise<unknown>>()
  /**
   * What other hosts were told since the batch began; kept over changes, so that all of them hear the same. Until the
   * first change that is what the host says to itself.
   */
  #told = this.#passing

  constructor(reader: HostReader) {
    this.#reader = reader
  }

  /** The answer as of now. */
  get<T>(fact: Fact<T>): Promise<T> {
    return this.#remember(fact.lasting ? this.#lasting : this.#passing, fact)
  }

  /** The answer that other hosts hear during this batch. */
  tell<T>(fact: Fact<T>): Promise<T> {
    return this.#remember(fact.lasting ? this.#lasting : this.#told, fact)
  }

  /** The host has changed: what it said before no longer counts for itself. */
  forget(): void {
    this.#passing = new Map()
  }

  /** A new batch begins: other hosts hear the state of now. */
  startBatch(): void {
    this.#told = this.#passing = new Map()
  }

  #remember<T>(memory: Map<string, Promise<unknown>>, fact: Fact<T>): Promise<T> {
    const known = memory.get(fact.name)
    if (known !== undefined) return known as Promise<T>
    const answer = fact.read(this.#reader)
    memory.set(fact.name, answer)
    // A question that failed is asked anew, and so is one whose answer is still to come.
    answer.catch(() => memory.delete(fact.name))
    if (fact.optional && fact.lasting) {
      void answer.then((known) => known === undefined && memory.delete(fact.name)).catch(() => {})
    }
    return answer
  }
}
