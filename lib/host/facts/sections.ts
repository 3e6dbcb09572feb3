/** What a script printed in parts, each begun by a record separator and its name; by that name. */
export function sectionsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('\u001e')
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n')
        return [part.slice(0, end), part.slice(end + 1)] as const
      }),
  )
}
