import { UserError } from '../errors.ts'

/** A command line whose verb is a flag, with the verb as its first word: `-i x --host h` is `host -i x h`. */
export function verbFirst(verbs: readonly string[], argv: readonly string[]): readonly string[] {
  const found = argv.flatMap((word, at) => {
    const [name = '', ...value] = word.split('=')
    const verb = verbs.find((each) => name === `--${each}`)
    return verb === undefined ? [] : [{ at, verb, value: value.length === 0 ? [] : [value.join('=')] }]
  })
  const [first, second] = found
  if (second !== undefined && first !== undefined)
    throw new UserError(
      `--${first.verb} and --${second.verb} do not go together.`,
      'Ask one thing at a time.',
    )
  if (first === undefined) return argv
  return [first.verb, ...argv.slice(0, first.at), ...first.value, ...argv.slice(first.at + 1)]
}
