import { noProgram } from '../../host/command.ts'
import type { Answer, Host, HostReader } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { apt } from './apt.ts'
import { dnf } from './dnf.ts'

/** How a package stands; `half` is one whose installation was begun and not ended. */
export interface Found {
  readonly status: 'installed' | 'residual' | 'half'
  readonly version: string
}

/** A package to be installed; without a version, the newest. */
export interface Asked {
  readonly name: string
  readonly version?: string | undefined
}

export type FoundByName = ReadonlyMap<string, Found>

/** What one family of package tools can be asked and told. */
export interface PackageTool {
  /** Asks for these packages, or for all; answered also where the tool is missing. */
  askFor(host: HostReader, names?: readonly string[]): Promise<Answer>
  parse(answer: Answer): FoundByName
  /** The versions that the repositories have. */
  versions(host: HostReader, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Brings to an end what was interrupted: until then the tool refuses to do anything. */
  mend(host: Host, on: string): Promise<void>
  /** Installs all of them in one transaction; `on` names it. */
  install(host: Host, asked: readonly Asked[], on: string): Promise<void>
  /** What was installed on request and would have to go with them. */
  dependents(host: HostReader, names: readonly string[]): Promise<readonly string[]>
  /** Removes packages, but not their configuration; `on` is the one on whose behalf. */
  remove(host: Host, names: readonly string[], on: string): Promise<void>
  /** Removes what removed packages left, but for configuration that was edited. */
  purge(host: Host, names: readonly string[], on: string): Promise<void>
  /** What came along with something that is gone. */
  unneeded(host: HostReader): Promise<readonly string[]>
  /** Asks which packages are held at their version; answered also where the tool is missing. */
  askHeld(host: HostReader): Promise<Answer>
  /** Those of these that are. */
  heldAmong(host: HostReader, names: readonly string[], answer: Answer): readonly string[]
  hold(host: Host, names: readonly string[], held: boolean): Promise<void>
}

/** Told by what is on the host; asked together with all that follows, it costs no round trip. */
export async function toolOf(host: HostReader): Promise<PackageTool> {
  const which = { text: 'command -v apt-get || command -v dnf || command -v yum' }
  const { stdout } = await host.query(which, { ok: [0, 1, noProgram] })
  const program = stdout.trim().split('/').at(-1)
  if (program === 'apt-get') return apt
  if (program === 'dnf' || program === 'yum') return dnf
  throw new TaskFailed(`${host.name} has neither apt nor dnf, so nothing is known of its packages.`, {
    advice: 'Install what is needed by other means, or leave this host out.',
  })
}

/** These packages, or all; both families are asked at once, since only one of them can answer. */
export async function find(host: HostReader, names?: readonly string[]): Promise<FoundByName> {
  if (names?.length === 0) return new Map()
  const [tool, ofApt, ofDnf] = await Promise.all([
    toolOf(host),
    apt.askFor(host, names),
    dnf.askFor(host, names),
  ])
  return tool.parse(tool === apt ? ofApt : ofDnf)
}

/** Those of these packages that are held at their version. */
export async function findHeld(host: HostReader, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return []
  const [tool, ofApt, ofDnf] = await Promise.all([toolOf(host), apt.askHeld(host), dnf.askHeld(host)])
  return tool.heldAmong(host, names, tool === apt ? ofApt : ofDnf)
}

/** A package name as both families have them. */
export function checkName(name: string): string {
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(name))
    throw new TypeError(`${JSON.stringify(name)} is no name of a package.`)
  return name
}
