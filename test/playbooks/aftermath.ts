import type { Fingerprint } from '../lab/fingerprint.ts'

/** What package and user tools leave of their own accord when what they did is undone. */
const leftByTools: readonly { readonly line: RegExp; readonly why: string }[] = [
  { line: /^path \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)- /, why: 'the last version but one' },
  { line: /^path \/var\/lib\/dpkg\/\S+-old /, why: 'the last version but one' },
  { line: /^path \/var\/cache\/apt\//, why: 'packages and lists that apt keeps' },
  { line: /^path \/var\/lib\/apt\/lists\//, why: 'what the repositories have' },
  { line: /^path \/var\/(cache\/debconf|lib\/ucf)\//, why: 'what debconf and ucf remember of every package' },
  { line: /^state time-(set|sync)\.target /, why: 'a target that was reached stays so until the next boot' },
  { line: /^path \/var\/log\/(apt\/|dpkg\.log |alternatives\.log )/, why: 'logs' },
]

/** A fingerprint without what no revert can be asked to take away. */
export function withoutLeftovers(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => !leftByTools.some((known) => known.line.test(line)))
}

/** What is ours on a host, and bears the name of a run or a key that is drawn anew each time. */
const ours = /^(path|run) \/(var\/lib|run)\/troupe(\/| |$)/

export function withoutOurs(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => !ours.test(line))
}

/** Traces of a run that is over: nobody works there any more. */
export function litterOf(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => /^run \/run\/troupe\/(lock|jobs\/)|\.troupe /.test(line))
}
