import { UserError } from '../errors.ts'
import { originText, type Located } from '../inventory/located.ts'
import type { HostVars } from './load.ts'
import { readVars, type Infer, type Vars } from './schema.ts'
import type { Fault } from './schema-type.ts'

/** One wrong value, of one host or of all that have it from the same place. */
export interface VarProblem {
  readonly hosts: readonly string[]
  /** Where it is written; absent when it is not written anywhere. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** `k3s.version` */
  readonly path: string
  readonly expected: string
  readonly found: string
  readonly advice: string
}

export type Resolved<T> = { readonly values: T } | { readonly problems: readonly VarProblem[] }

/** The variables that one host has for a role, or all that is wrong with them. */
export function resolveRoleVars<V extends Vars>(
  hostVars: HostVars,
  roleName: string,
  schema: V,
): Resolved<Infer<V>> {
  const problems: VarProblem[] = []
  const values = readVars(schema, hostVars.get(roleName), (fault) =>
    problems.push(problemOf(hostVars.host, roleName, fault)),
  )
  return problems.length > 0 ? { problems } : { values }
}

/**
 * The same for many hosts: those of the same groups mostly have one and the same map for a role, which is read once for
 * all of them, unless something is wrong with it.
 */
export function roleVarsResolver(): (
  hostVars: HostVars,
  roleName: string,
  schema: Vars,
) => Resolved<unknown> {
  const known = new Map<Vars, Map<Located | undefined, Resolved<unknown>>>()
  return (hostVars, roleName, schema) => {
    const right = known.get(schema) ?? new Map<Located | undefined, Resolved<unknown>>()
    known.set(schema, right)
    const found = hostVars.get(roleName)
    const resolved = right.get(found) ?? resolveRoleVars(hostVars, roleName, schema)
    if ('values' in resolved) right.set(found, resolved)
    return resolved
  }
}

/** A fault as a problem of one host; `name` is the variable that it lies in. */
export function problemOf(host: string, name: string, fault: Fault): VarProblem {
  const { path, at, expected, found, advice } = fault
  const inside = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return { hosts: [host], ...at?.origin, path: name + inside, expected, found, advice }
}

/** Problems that are the same but for the host become one. */
export function foldProblems(problems: readonly VarProblem[]): readonly VarProblem[] {
  const folded = new Map<string, VarProblem>()
  for (const problem of problems) {
    const key = JSON.stringify({ ...problem, hosts: [] })
    const known = folded.get(key)
    const hosts = new Set([...(known?.hosts ?? []), ...problem.hosts])
    folded.set(key, { ...problem, hosts: [...hosts] })
  }
  return [...folded.values()]
}

function byPlace(a: VarProblem, b: VarProblem): number {
  const [fileOfA, fileOfB] = [a.file ?? '', b.file ?? '']
  if (fileOfA !== fileOfB) return fileOfA < fileOfB ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

/** Wrong variables, all of them at once, in the order in which they are written. */
export class WrongVariables extends UserError {
  override readonly name = 'WrongVariables'
  readonly problems: readonly VarProblem[]
  constructor(problems: readonly VarProblem[]) {
    const folded = foldProblems(problems).toSorted(byPlace)
    const count = folded.length === 1 ? 'One variable is' : `${folded.length} variables are`
    super(
      [`${count} not as expected:`, ...folded.map(problemText)].join('\n'),
      'Correct them and run again; no host was touched.',
    )
    this.problems = folded
  }
}

/** `group_vars/all.yml:3:5: k3s.port: expected …, found …. Write … (on a, b)` */
function problemText(problem: VarProblem): string {
  const { hosts, file, path, expected, found, advice } = problem
  const where = file === undefined ? '' : `${originText({ ...problem, file })}: `
  const names =
    hosts.length > 5 ? `${hosts.slice(0, 5).join(', ')} and ${hosts.length - 5} more` : hosts.join(', ')
  return `${where}${path}: expected ${expected}, found ${found}. ${advice} (on ${names})`
}
