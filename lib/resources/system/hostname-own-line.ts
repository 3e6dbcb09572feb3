import type { Lines } from '../text/text-lines.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
/** Linux takes no longer one, though DNS would. */
const longest = 64

/** @throws when DNS or Linux would refuse the name, with what is wrong with it */
export function checkHostname(name: string): string {
  const labels = name.split('.')
  const wrong = labels.find((each) => !label.test(each))
  const problem =
    name.length > longest
      ? `has ${name.length} characters, and Linux takes ${longest}`
      : wrong !== undefined
        ? `has the part ${JSON.stringify(wrong)}, and a part is 1 to 63 letters, digits and inner hyphens`
        : /^\d+$/.test(labels.at(-1) ?? '')
          ? 'ends in a number, so it would be taken for an address'
          : undefined
  if (problem !== undefined) throw new TypeError(`The host name ${JSON.stringify(name)} ${problem}.`)
  return name
}

/** The line by which a host finds itself on Debian; undefined where there is none. */
export function ownLine({ lines }: Lines): string | undefined {
  return lines.find(isOwn)
}

/** The line with the name in it, and its first part where it is a long one; as it is where it says that already. */
export function namesFor(line: string, name: string): string {
  const [short = name] = name.split('.')
  const names = name === short ? [name] : [name, short]
  const [, ...there] = (line.split('#')[0] ?? '').trim().split(/\s+/)
  return there.join(' ') === names.join(' ') ? line : `127.0.1.1\t${names.join(' ')}`
}

export function replaceOwnLine(text: Lines, line: string): Lines {
  const at = text.lines.findIndex(isOwn)
  return at < 0 ? text : { ...text, lines: text.lines.with(at, line) }
}

function isOwn(line: string): boolean {
  return /^\s*127\.0\.1\.1(?:\s|$)/.test(line)
}
