/** One rule: what begins with `from` is also to be had where it begins with `to`. */
export interface Mirror {
  readonly from: string
  readonly to: string
  readonly only: boolean
}

/** The addresses under which a thing is to be had, in the order in which they are tried. */
export function addressesOf(url: string, mirrors: readonly Mirror[]): readonly string[] {
  const first = mirrors.find(({ from }) => url.startsWith(from))
  if (first === undefined) return [checkAddress(url)]
  const fitting = mirrors.filter(({ from }) => from === first.from)
  const elsewhere = fitting.map(({ to }) => to + url.slice(first.from.length))
  const original = fitting.some(({ only }) => only) ? [] : [url]
  return [...new Set([...elsewhere, ...original])].map(checkAddress)
}

/** @throws for what is no http address, or holds a password: addresses stand in journals and messages */
export function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${JSON.stringify(text)} is no address that begins with http:// or https://.`)
  }
  if (url.username === '' && url.password === '') return text
  throw new TypeError(
    `An address at ${url.host} holds a user or a password. Take it out, and give "authorization" as a secret.`,
  )
}
