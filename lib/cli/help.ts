import type { ChalkInstance } from 'chalk'
import { exitCodes } from './exit-code.ts'
import type { Flag } from './flag.ts'
import { flagGroups, flags, playbookFlags, type FlagName } from './flags.ts'
import { wordName, type Grammar } from './grammar.ts'

export interface Help {
  /** What the playbook does: its title. */
  readonly title: string
  /** How it is started: `npx tsx playbooks/prepare.ts`. */
  readonly command: string
  readonly grammar: Grammar
  /** Verbs with their words, where they are not all of one kind. */
  readonly verbs?: Readonly<Record<string, string>>
  /** All flags, unless it takes only these. */
  readonly flags?: readonly FlagName[]
  readonly paint: ChalkInstance
}

interface Section {
  readonly title: string
  readonly rows: readonly (readonly [left: string, right: string])[]
}

/** The text of `--help`, made from the tables of flags, verbs and exit codes. */
export function helpText(help: Help): string {
  const { title, command, grammar, paint } = help
  const sections = [
    ...wordSections({ ...grammar, ...(help.verbs === undefined ? {} : { verbs: help.verbs }) }),
    ...flagSections(help.flags ?? playbookFlags),
    exitSection(),
  ]
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([left]) => left.length)))
  const lines = sections.flatMap((section) => [
    '',
    paint.bold(section.title),
    ...section.rows.map(([left, right]) => `  ${paint.cyan(left.padEnd(width))}  ${right}`),
  ])
  return [paint.bold(title), '', `Usage: ${command}${usage(grammar)}`, ...lines, ''].join('\n')
}

function usage({ verbs, positionals = [], passthrough }: Grammar): string {
  const verb = verbs === undefined ? [] : [Object.keys(verbs).join('|')]
  const words = positionals.map(wordName)
  const rest =
    passthrough === undefined
      ? []
      : [passthrough.optional === true ? `[-- ${passthrough.name}]` : `-- ${passthrough.name}`]
  return [...verb, ...words, '[flags]', ...rest].map((word) => ` ${word}`).join('')
}

function wordSections({ verbs = {}, positionals = [], passthrough }: Grammar): readonly Section[] {
  const words = [...positionals, ...(passthrough === undefined ? [] : [passthrough])]
  const sections: readonly Section[] = [
    { title: 'Verbs', rows: Object.entries(verbs) },
    { title: 'Words', rows: words.map(({ name, help }) => [name, help] as const) },
  ]
  return sections.filter(({ rows }) => rows.length > 0)
}

function flagSections(taken: readonly FlagName[]): readonly Section[] {
  const shown = new Set<Flag>(taken.map((name) => flags[name]))
  return Object.entries(flagGroups)
    .map(([title, group]) => ({
      title,
      rows: Object.values(group)
        .filter((flag) => shown.has(flag))
        .map((flag) => [spelling(flag), flag.help] as const),
    }))
    .filter(({ rows }) => rows.length > 0)
}

/** `-l, --limit PATTERN`; long names stand under each other. */
function spelling({ short, long, value, takes }: Flag): string {
  const letter = short === undefined ? '    ' : `-${short}, `
  const named = takes === 'optional' ? ` [${value}]` : value === undefined ? '' : ` ${value}`
  return `${letter}--${long[0]}${named}`
}

function exitSection(): Section {
  return { title: 'Exit codes', rows: Object.entries(exitCodes) }
}
