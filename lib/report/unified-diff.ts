const context = 3
/** More differences than this are not looked for one by one: what lies between the equal ends is replaced whole. */
const mostEdits = 500
/** As much as Ansible shows. */
const largestText = 104_448

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The lines of a unified diff, without a header; one line that says so when a text is too large to be compared. */
export function unifiedDiff(from: string, to: string): readonly string[] {
  if (from === to) return []
  if (from.length > largestText || to.length > largestText) {
    return [`(too large to be shown: ${from.length} characters before, ${to.length} after)`]
  }
  return hunks(compare(linesOf(from), linesOf(to)))
}

/** A last line without a newline differs from the same one with it. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  const last = lines.pop()
  return last === undefined || last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`]
}

function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const middle = shortestEdit(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [...signed(' ', a.slice(0, start)), ...middle, ...signed(' ', a.slice(a.length - end))]
}

/** Myers' greedy search; keeps the furthest points of every round to walk back on. */
function shortestEdit(a: readonly string[], b: readonly string[]): readonly Line[] {
  const rounds: ReadonlyMap<number, number>[] = []
  let furthest = new Map([[1, 0]])
  for (let edits = 0; edits <= Math.min(a.length + b.length, mostEdits); edits++) {
    rounds.push(furthest)
    const next = new Map(furthest)
    for (let k = -edits; k <= edits; k += 2) {
      let x = stepDown(furthest, k, edits) ? at(furthest, k + 1) : at(furthest, k - 1) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      next.set(k, x)
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, rounds)
    }
    furthest = next
  }
  return [...signed('-', a), ...signed('+', b)]
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
) {
  const lines: Line[] = []
  let x = a.length
  let y = b.length
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const furthest = rounds[edits] ?? new Map<number, number>()
    const k = stepDown(furthest, x - y, edits) ? x - y + 1 : x - y - 1
    const before = { x: at(furthest, k), y: at(furthest, k) - k }
    while (x > Math.max(before.x, 0) && y > Math.max(before.y, 0)) {
      lines.push({ sign: ' ', text: a[--x] ?? '' })
      y--
    }
    if (edits === 0) break
    if (y > before.y) lines.push({ sign: '+', text: b[--y] ?? '' })
    else lines.push({ sign: '-', text: a[--x] ?? '' })
  }
  return lines.toReversed()
}

function stepDown(furthest: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && at(furthest, k - 1) < at(furthest, k + 1))
}

function at(furthest: ReadonlyMap<number, number>, k: number): number {
  return furthest.get(k) ?? 0
}

function signed(sign: Line['sign'], lines: readonly string[]): readonly Line[] {
  return lines.map((text) => ({ sign, text }))
}

function hunks(lines: readonly Line[]): readonly string[] {
  const shown = new Set<number>()
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    for (let near = index - context; near <= index + context; near++) shown.add(near)
  }
  const result: string[] = []
  let hunk: Line[] = []
  let a = 0
  let b = 0
  const close = () => {
    if (hunk.length > 0) result.push(header(hunk, a, b), ...hunk.map(({ sign, text }) => sign + text))
    hunk = []
  }
  for (const [index, line] of lines.entries()) {
    if (shown.has(index)) hunk.push(line)
    else close()
    if (line.sign !== '+') a++
    if (line.sign !== '-') b++
  }
  close()
  return result.flatMap((line) => line.split('\n'))
}

/** Takes how many lines of each text lie behind the hunk's end. */
function header(hunk: readonly Line[], endA: number, endB: number): string {
  const range = (other: Line['sign'], end: number) => {
    const count = hunk.filter(({ sign }) => sign !== other).length
    const first = end - count + (count === 0 ? 0 : 1)
    return count === 1 ? `${first}` : `${first},${count}`
  }
  return `@@ -${range('+', endA)} +${range('-', endB)} @@`
}
