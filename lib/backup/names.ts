import { UserError } from '../errors.ts'

/** Which backup it is: what its folder is called says all of it. */
export interface BackupName {
  /** Of the folder: `etcd-20260102T030405Z-RUN`. */
  readonly name: string
  readonly kind: string
  /** When it was begun, in ISO 8601. */
  readonly created: string
  readonly run: string
}

/** The file that makes a folder a backup. */
export const manifestName = 'manifest.json'

/** How a file of a backup is called where it is kept. */
export function storedName(file: string): string {
  return `${file}.age`
}

export function nameBackup(kind: string, created: Date, run: string): BackupName {
  const time = `${created.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  return { name: `${kind}-${time}-${run}`, kind, created: isoOf(time), run }
}

/** What a folder's name says; undefined for a folder that is none of ours. */
export function parseName(name: string): BackupName | undefined {
  const [, kind, time, run] = /^(\w[\w.-]*?)-(\d{8}T\d{6}Z)-([\w.-]+)$/.exec(name) ?? []
  if (kind === undefined || time === undefined || run === undefined) return undefined
  return { name, kind, created: isoOf(time), run }
}

/** @throws for what cannot be a part of a path everywhere */
export function checkWord(word: string, what: string): string {
  if (/^\w[\w.-]*$/.test(word)) return word
  throw new UserError(
    `${JSON.stringify(word)} cannot be the ${what} of a backup: it names a folder or a file of it.`,
    'Use letters, digits, dots, dashes and underscores, the first a letter or a digit.',
  )
}

/** `20260102T030405Z` as `2026-01-02T03:04:05Z`. */
function isoOf(time: string): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
}
