export interface Listing {
  /** As it was started: `playbooks/prepare.ts`. */
  readonly playbook: string
  readonly stages: readonly ListedStage[]
}

export interface ListedStage {
  readonly title: string
  readonly pattern: string | readonly string[]
  readonly hosts: readonly string[]
  readonly tags: readonly string[]
  readonly tasks: readonly ListedTask[]
}

export interface ListedTask {
  readonly role?: string
  readonly title: string
  readonly tags: readonly string[]
}

export interface Listed {
  readonly hosts?: boolean
  readonly tasks?: boolean
  readonly tags?: boolean
}

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print, alone or together; each in Ansible's layout. */
export function list({ playbook, stages }: Listing, listed: Listed): string {
  const blocks = stages.map((stage, index) => [
    '',
    head(stage, index),
    ...(listed.hosts ? hostLines(stage) : []),
    ...(listed.tasks ? taskLines(stage) : []),
    ...(listed.tags
      ? [`      TASK TAGS: [${sorted([...stage.tags, ...stage.tasks.flatMap(({ tags }) => tags)])}]`]
      : []),
  ])
  return ['', `playbook: ${playbook}`, ...blocks.flat(), ''].join('\n')
}

function head({ title, pattern, tags }: ListedStage, index: number): string {
  return `  play #${index + 1} (${patterns(pattern).join(',')}): ${title}\tTAGS: [${[...new Set(tags)].join(',')}]`
}

function hostLines({ pattern, hosts }: ListedStage): readonly string[] {
  const quoted = patterns(pattern).map(asPython).join(', ')
  return [`    pattern: [${quoted}]`, `    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`)]
}

function taskLines({ tags, tasks }: ListedStage): readonly string[] {
  const lines = tasks.map((task) => {
    const title = task.role === undefined ? task.title : `${task.role} : ${task.title}`
    return `      ${title}\tTAGS: [${sorted([...tags, ...task.tags])}]`
  })
  return ['    tasks:', ...lines]
}

function sorted(tags: readonly string[]): string {
  return [...new Set(tags)].toSorted().join(', ')
}

function patterns(pattern: string | readonly string[]): readonly string[] {
  return typeof pattern === 'string' ? [pattern] : pattern
}

/** A string as Python shows it in a list. */
function asPython(text: string): string {
  const escaped = text.replaceAll('\\', String.raw`\\`)
  if (!escaped.includes("'")) return `'${escaped}'`
  return escaped.includes('"') ? `'${escaped.replaceAll("'", String.raw`\'`)}'` : `"${escaped}"`
}
