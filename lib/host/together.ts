import { ContactLost, Unreachable } from '../transport/errors.ts'

interface Waiting<Q, A> {
  readonly questions: readonly Q[]
  readonly resolve: (answers: readonly A[] | Promise<readonly A[]>) => void
}

/** Asks as one what several ask at the same moment. */
export class Together<Q, A> {
  readonly #ask: (questions: readonly Q[]) => Promise<readonly A[]>
  #waiting: Waiting<Q, A>[] = []

  constructor(ask: (questions: readonly Q[]) => Promise<readonly A[]>) {
    this.#ask = ask
  }

  /** The answers, in the order of the questions. */
  ask(questions: readonly Q[]): Promise<readonly A[]> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) process.nextTick(() => void this.#askAll())
      this.#waiting.push({ questions, resolve })
    })
  }

  async #askAll(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    const [first, ...others] = waiting
    if (first !== undefined && others.length === 0) return first.resolve(this.#ask(first.questions))
    const all = [...new Set(waiting.flatMap(({ questions }) => questions))]
    try {
      const answers = await this.#ask(all)
      const answerOf = new Map(all.map((question, index) => [question, answers[index]]))
      for (const { questions, resolve } of waiting) resolve(questions.map((each) => answerOf.get(each) as A))
    } catch (error) {
      const isLost = error instanceof ContactLost || error instanceof Unreachable
      // Whose question it was that failed comes out when each is asked alone.
      if (isLost) for (const { resolve } of waiting) resolve(Promise.reject(error))
      else for (const { questions, resolve } of waiting) resolve(this.#ask(questions))
    }
  }
}
