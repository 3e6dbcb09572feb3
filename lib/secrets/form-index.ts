/** All forms start with this many letters at least. */
const headLength = 4

/** Finds any of many forms in a text, in one pass however many there are. */
export class FormIndex {
  /** By their first letters, longest first. */
  readonly #forms = new Map<string, string[]>()
  readonly #firstLetters = new Set<number>()
  /** What a form may begin with that is shorter than a head. */
  readonly #beginnings = new Set<string>()
  #longest = 0

  /** Shorter ones than four letters are left out: they would blank out ordinary words. */
  add(form: string): void {
    if (form.length < headLength) return
    const head = form.slice(0, headLength)
    const known = this.#forms.get(head) ?? []
    if (known.includes(form)) return
    this.#forms.set(
      head,
      [...known, form].toSorted((a, b) => b.length - a.length),
    )
    this.#firstLetters.add(form.charCodeAt(0))
    for (let length = 1; length < headLength; length++) this.#beginnings.add(form.slice(0, length))
    this.#longest = Math.max(this.#longest, form.length)
  }

  /** The length of the longest form that stands at this place; 0 when there is none. */
  lengthAt(text: string, at: number): number {
    if (!this.#firstLetters.has(text.charCodeAt(at))) return 0
    const candidates = this.#forms.get(text.slice(at, at + headLength))
    return candidates?.find((form) => text.startsWith(form, at))?.length ?? 0
  }

  /** Whether more text could make a form, or a longer one, of what stands from here to the end. */
  isOpenAt(text: string, at: number): boolean {
    const left = text.length - at
    if (left >= this.#longest || !this.#firstLetters.has(text.charCodeAt(at))) return false
    const rest = text.slice(at)
    if (left < headLength) return this.#beginnings.has(rest)
    const candidates = this.#forms.get(rest.slice(0, headLength))
    return candidates?.some((form) => form.length > left && form.startsWith(rest)) ?? false
  }
}
