import type { Writable } from 'node:stream'
import type { BecomeOptions, BecomeWay } from './become.ts'
import { becomeFailure, noPassword, wrongPassword } from './become-failure.ts'
import { limits } from './limits.ts'

/** What su, doas and PAM ask with; sudo is told a prompt that nobody else uses. */
const usual = /pass(word|phrase|code)[^\n]*:[ \t]*$/i

/** Answers the question for the password, once; asked again, the password is wrong. */
export class Question {
  /** What sudo is to ask with; undefined where there is nothing to answer. */
  readonly prompt: string | undefined
  readonly #title: string
  readonly #way: BecomeWay
  readonly #become: BecomeOptions
  #text = ''
  #answered = false

  constructor(title: string, way: BecomeWay, become: BecomeOptions, nonce: string) {
    this.#title = title
    this.#way = way
    this.#become = become
    this.prompt = become.password === undefined ? undefined : `${nonce}?`
  }

  /** Whether the password has been sent. */
  get answered(): boolean {
    return this.#answered
  }

  /** Looks through what was said, and answers there; throws when there is nothing to answer any more. */
  hear(bytes: Buffer, to: Writable): void {
    this.#text = (this.#text + bytes.toString('latin1')).slice(-limits.noiseBytes)
    if (!this.#isAsked()) return
    const { password } = this.#become
    if (password === undefined) throw noPassword(this.#title, this.#way, this.#become)
    if (this.#answered) throw this.#askedAgain()
    this.#answered = true
    this.#text = ''
    to.write(`${password()}\n`)
  }

  #isAsked(): boolean {
    const { method = 'sudo' } = this.#become
    if (method !== 'sudo') return usual.test(this.#text)
    return this.prompt !== undefined && this.#text.includes(this.prompt)
  }

  /** A password that has expired is followed by more questions. */
  #askedAgain(): Error {
    const [title, way, become] = [this.#title, this.#way, this.#become]
    const renewed = /required to change|expired/i.test(this.#text)
    return renewed
      ? becomeFailure({ title, way, become, said: this.#text, exit: undefined, answered: true })
      : wrongPassword(title, way, become)
  }
}
