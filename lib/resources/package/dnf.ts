import { sh } from '../../host/command.ts'
import { CommandFailed, type HostReader } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import type { Found, PackageTool } from './tools.ts'

const format = String.raw`%{NAME}\t%{EVR}\n`
const queryFormat = String.raw`%{name}\t%{evr}\n`
/** rpm ends with the number of packages that it did not find. */
const anyNumber = Array.from({ length: 256 }, (_, code) => code)
const keepWhatCameAlong = '--setopt=clean_requirements_on_remove=False'

/** Red Hat and its kin, by rpm and dnf; a package leaves no configuration that is its own behind. */
export const dnf: PackageTool = {
  askFor: (host, names) =>
    host.query(names === undefined ? sh`rpm -qa --qf ${format}` : sh`rpm -q --qf ${format} ${names}`, {
      ok: anyNumber,
    }),

  parse({ stdout }) {
    const found = new Map<string, Found>()
    // A line about a package that is not installed is a sentence without a tab.
    for (const [name, version] of tabbed(stdout)) found.set(name, { status: 'installed', version })
    return found
  },

  async versions(host, names) {
    const { stdout } = await host.query(sh`dnf repoquery -q --qf ${queryFormat} ${names}`)
    const versions = new Map<string, string[]>()
    for (const [name, version] of tabbed(stdout)) versions.set(name, [...(versions.get(name) ?? []), version])
    return versions
  },

  // What was interrupted is taken up by the next transaction.
  async mend() {},

  async install(host, asked, on) {
    // A version that is named is installed whichever one is there, an older one too.
    const words = asked.map(({ name, version }) => (version === undefined ? name : `${name}-${version}`))
    await host.exec(sh`dnf install -y -q ${words}`, { job: jobOf(on) })
  },

  async dependents(host, names) {
    try {
      await host.query(sh`rpm -e --test ${names}`)
      return []
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      const needed = [...error.answer.stderr.matchAll(/is needed by \(installed\) (?<name>\S+)/g)]
      if (needed.length === 0) throw error
      return needed.map(({ groups }) => groups?.['name'] ?? '')
    }
  },

  async remove(host, names, on) {
    await host.exec(sh`dnf remove -y -q ${keepWhatCameAlong} ${names}`, { job: jobOf(on) })
  },

  // A removal leaves nothing but configuration that was edited, under another name.
  async purge() {},

  async unneeded(host) {
    const { stdout } = await host.query(sh`dnf repoquery -q --unneeded --qf ${queryFormat}`)
    return tabbed(stdout).map(([name]) => name)
  },

  askHeld: (host) => host.query(sh`dnf -q versionlock list`, { ok: anyNumber }),

  heldAmong(host, names, { code, stdout, stderr }) {
    if (/no such command/i.test(stderr)) throw noVersionlock(host)
    if (code !== 0) throw new CommandFailed(host.name, sh`dnf -q versionlock list`, { code, stdout, stderr })
    // `tool-0:1.34.1-1.*`, and with dnf 5 `Package name: tool`.
    const lines = stdout.split('\n').map((line) => line.replace(/^(?:Package name: |\d+:)/, ''))
    const isFor = (name: string, line: string) =>
      line === name || (line.startsWith(`${name}-`) && /^\d/.test(line.slice(name.length + 1)))
    return names.filter((name) => lines.some((line) => isFor(name, line)))
  },

  async hold(host, names, held) {
    await host.exec(sh`dnf -q versionlock ${held ? 'add' : 'delete'} ${names}`)
  },
}

function noVersionlock(host: HostReader): TaskFailed {
  return new TaskFailed(`dnf on ${host.name} cannot hold packages: it has no command versionlock.`, {
    advice: 'Install its plugin first: osPackage({ name: "python3-dnf-plugin-versionlock" }).',
  })
}

function tabbed(text: string): [string, string][] {
  const lines = text.split('\n').filter((line) => line.includes('\t'))
  return lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)])
}

function jobOf(name: string): string {
  return `package:${name}`
}
