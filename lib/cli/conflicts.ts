import { UserError } from '../errors.ts'
import { putsBack, type Playbook } from '../play/playbook.ts'
import { written } from './flag.ts'
import { flagNames, flags, type FlagName, type Options } from './flags.ts'
import type { Grammar } from './grammar.ts'

interface Conflict {
  readonly one: FlagName
  readonly others: readonly FlagName[]
  readonly advice: string
}

const ofTasks = ['tags', 'skipTags', 'startAt', 'step', 'debugger'] as const satisfies readonly FlagName[]
const lists = ['listHosts', 'listTasks', 'listTags', 'syntaxCheck'] as const satisfies readonly FlagName[]

const conflicts: readonly Conflict[] = [
  {
    one: 'resume',
    others: ['revert'],
    advice: 'Give --resume to bring the run to its end, or --revert RUN to undo it.',
  },
  {
    one: 'check',
    others: ['resume'],
    advice:
      'Leave --resume away to see what is left to be done: it is read from the hosts, not from the run.',
  },
  {
    one: 'check',
    others: ['revert'],
    advice: 'A revert cannot be tried out. Leave --check away to undo the run.',
  },
  {
    one: 'check',
    others: ['step'],
    advice: 'Leave --step away: under --check there is no change to be asked about.',
  },
  {
    one: 'revert',
    others: ofTasks,
    advice:
      'A revert undoes all of a run, from its end to its beginning. Give --limit to undo it on some hosts only.',
  },
  {
    one: 'check',
    others: ['debugger'],
    advice: 'Leave --debugger away: under --check nothing is done that could be tried again.',
  },
  {
    one: 'resume',
    others: ['startAt'],
    advice: 'Leave --start-at away: a resumed run reads every state again and passes over what is done.',
  },
  {
    one: 'step',
    others: ['yes'],
    advice: 'Give --step to be asked before each task, or --yes to be asked nothing.',
  },
  ...lists.map((one) => ({
    one,
    others: ['resume', 'revert', 'step'] as const,
    advice: `Give ${written(flags[one])} alone: it runs nothing.`,
  })),
]

/** Throws when two flags were given that contradict each other. */
export function refuseConflicts(options: Options): void {
  for (const { one, others, advice } of conflicts) {
    const other = others.find((name) => isGiven(options, one) && isGiven(options, name))
    if (other === undefined) continue
    throw new UserError(`${written(flags[one])} and ${written(flags[other])} do not go together.`, advice)
  }
}

/** Throws when only some tasks are asked for of a playbook that puts back: it has none. */
export function refuseTasks(playbook: Playbook, options: Options): void {
  const given = putsBack(playbook) ? ofTasks.find((name) => isGiven(options, name)) : undefined
  if (given === undefined) return
  throw new UserError(
    `${written(flags[given])} does not go together with a playbook that puts back.`,
    'It undoes all that its roles changed, from the end to the beginning. Give --limit for some hosts only.',
  )
}

/** Throws when a flag was given that is not taken here. */
export function refuseOtherFlags(
  options: Options,
  { name, flags: taken }: NonNullable<Grammar['takes']>,
): void {
  const other = flagNames.find((flag) => isGiven(options, flag) && !taken.includes(flag))
  if (other === undefined) return
  const all =
    taken.length > 20
      ? 'Run it with --help to see all flags.'
      : `It takes ${taken.map((flag) => written(flags[flag])).join(', ')}.`
  throw new UserError(`${name} takes no ${written(flags[other])}.`, all)
}

/** Whether a flag stood on the command line. */
export function isGiven(options: Options, name: FlagName): boolean {
  const value = options[name]
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
