import { shellWords, UnclosedQuote } from '../inventory/shell-words.ts'
import { becomeMethods, type BecomeMethod } from '../transport/become-method.ts'
import { textOf } from './scalar-schemas.ts'
import { schema, Wrong, type Options, type Schema } from './schema-type.ts'

/** sudo, su or doas, also by the names of Ansible's plugins; its other methods are refused, not passed over. */
export const becomeMethod = schema<BecomeMethod, Options<BecomeMethod>>(
  {
    type: becomeMethods.map((method) => `"${method}"`).join(' or '),
    parse(found) {
      const name = (textOf(found) ?? '').replace(/^(ansible\.builtin|community\.general)\./, '')
      return (
        becomeMethods.find((method) => method === name) ?? new Wrong(`Write ${becomeMethods.join(', ')}.`)
      )
    },
  },
  undefined,
) as Schema<BecomeMethod>

/** What is done anyway, or is what Ansible gives when nothing is said. */
const withoutMeaning: Readonly<Record<BecomeMethod, readonly string[]>> = {
  sudo: ['-H', '-S', '-n', '--set-home', '--stdin', '--non-interactive'],
  su: [],
  doas: ['-n'],
}
const login = ['-', '-l', '--login']

/** The flags of a method, of which only `su -` says anything new: whether it begins as a login does. */
export function becomeFlags(method: BecomeMethod): Schema<boolean> {
  return schema<boolean, Options<boolean>>(
    {
      type: `flags of ${method} that are understood here`,
      parse(found) {
        try {
          const words = shellWords(textOf(found) ?? '').words.flatMap(apart)
          const unknown = words.find(
            (word) => !withoutMeaning[method].includes(word) && !(method === 'su' && login.includes(word)),
          )
          if (unknown !== undefined) return new Wrong(`Remove "${unknown}": it is not understood here.`)
          return method === 'su' && words.length > 0
        } catch (cause) {
          if (cause instanceof UnclosedQuote) return new Wrong('Close the quote.')
          throw cause
        }
      },
    },
    undefined,
  ) as Schema<boolean>
}

/** `-HSn` as three flags. */
function apart(word: string): readonly string[] {
  return /^-[A-Za-z]{2,}$/.test(word) ? Array.from(word.slice(1), (letter) => `-${letter}`) : [word]
}
