import { UserError } from '../errors.ts'
import { languageOf, languages, type Language } from '../report/language.ts'
import type { Options } from './flags.ts'

/** The language of `--lang`, else that of the environment. */
export function chosenLanguage({ lang }: Pick<Options, 'lang'>): Language {
  if (lang === undefined) return languageOf(process.env)
  const chosen = languages.find((language) => language === lang)
  if (chosen !== undefined) return chosen
  throw new UserError(
    `--lang ${lang} is no language that is spoken here.`,
    `Give one of ${languages.join(', ')}.`,
  )
}
