/** The languages in which people can be told what was found out about their hosts. */
export const languages = ['en', 'zh'] as const

export type Language = (typeof languages)[number]

/** The language that the environment asks for, as programs read it there: `LANG=zh_CN.UTF-8`. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const asked = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (word) => word !== undefined && word !== '',
  )
  return languages.find((language) => asked?.toLowerCase().startsWith(language)) ?? 'en'
}
