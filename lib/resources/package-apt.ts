import { sh } from '../host/command.ts'
import { CommandFailed, type ExecOptions, type Host, type HostReader } from '../host/host.ts'
import { TaskFailed } from '../task/outcome.ts'
import { keepingEdited } from './package-conffiles.ts'
import type { Found, PackageTool } from './package-tools.ts'

const format = '${Package}\\t${db:Status-Status}\\t${Version}\\n'
/** Where nothing is found, or no tool is there, is an answer. */
const maybe = [0, 1, 127]
/** Another apt, as that of the nightly updates, is waited for. */
const patience = 'DPkg::Lock::Timeout=600'
const keepConfiguration = 'Dpkg::Options::=--force-confold'
const staleLists = /404|Unable to fetch|Failed to fetch|Hash Sum mismatch/

/** Debian and its kin, by dpkg and apt. */
export const apt: PackageTool = {
  askFor: (host, names = []) => host.query(sh`dpkg-query -W -f ${format} ${names}`, { ok: maybe }),

  parse({ stdout }) {
    const found = new Map<string, Found>()
    for (const line of stdout.split('\n').filter((each) => each !== '')) {
      const [name = '', word = '', version = ''] = line.split('\t')
      const status = statusOf(word)
      // The same name may stand there for a foreign architecture as well.
      if (status !== undefined && found.get(name)?.status !== 'installed')
        found.set(name, { status, version })
    }
    return found
  },

  async versions(host, names) {
    const { stdout } = await host.query(sh`apt-cache madison ${names}`, { ok: [0, 100] })
    const versions = new Map<string, string[]>()
    for (const line of stdout.split('\n')) {
      const [name = '', version = ''] = line.split('|').map((part) => part.trim())
      if (version !== '') versions.set(name, [...(versions.get(name) ?? []), version])
    }
    return versions
  },

  async mend(host, on) {
    const { stdout } = await host.query(sh`dpkg --audit`)
    if (stdout.trim() !== '') await host.exec(sh`dpkg --configure -a`, jobOf(on))
  },

  async install(host, name, version) {
    const known = (await apt.versions(host, [name])).get(name) ?? []
    if (version === undefined ? known.length === 0 : !known.includes(version)) await update(host, name)
    try {
      await install(host, name, version)
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      if (!staleLists.test(error.answer.stderr)) throw await explained(host, name, version, error)
      await update(host, name)
      await install(host, name, version)
    }
  },

  async dependents(host, name) {
    const going = (await removals(host, `remove ${sh`${name}`.text}`)).filter((other) => other !== name)
    if (going.length === 0) return []
    const { stdout } = await host.query(sh`apt-mark showauto ${going}`)
    const automatic = stdout.split('\n')
    return going.filter((other) => !automatic.includes(other))
  },

  async remove(host, names, on) {
    await host.exec(sh`apt-get remove -y -o ${patience} ${names}`, jobOf(on))
  },

  purge: (host, names, on) =>
    keepingEdited(host, on, names, async () => {
      const residual = [...apt.parse(await apt.askFor(host, names)).keys()]
      if (names.length === 0 || residual.length === 0) return
      await host.exec(sh`apt-get purge -y -o ${patience} ${residual}`, jobOf(on))
    }),

  unneeded: (host) => removals(host, 'autoremove'),
}

async function install(host: Host, name: string, version: string | undefined): Promise<void> {
  const options = ['-y', '--no-install-recommends', '-o', keepConfiguration, '-o', patience]
  if (version !== undefined) options.push('--allow-downgrades')
  await host.exec(
    sh`apt-get install ${options} ${version === undefined ? name : `${name}=${version}`}`,
    jobOf(name),
  )
}

async function update(host: Host, name: string): Promise<void> {
  await host.exec(sh`apt-get update`, jobOf(name))
}

/** What apt would remove; a simulation takes no lock and changes nothing. */
async function removals(host: HostReader, what: string): Promise<readonly string[]> {
  const { stdout } = await host.query({ text: `apt-get -s ${what}` })
  return [...stdout.matchAll(/^Remv (?<name>[^\s:]+)/gm)].map(({ groups }) => groups?.['name'] ?? '')
}

async function explained(
  host: Host,
  name: string,
  version: string | undefined,
  cause: CommandFailed,
): Promise<Error> {
  const known = (await apt.versions(host, [name])).get(name) ?? []
  if (version === undefined ? known.length > 0 : known.includes(version)) return cause
  const wanted = version === undefined ? name : `version ${version} of ${name}`
  return new TaskFailed(
    `No repository of ${host.name} has ${wanted}; known are: ${known.join(', ') || 'none'}.`,
    {
      advice: 'Look at the sources of the host, or ask for another version.',
      cause,
    },
  )
}

function jobOf(name: string): ExecOptions {
  return { job: `package:${name}`, env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } }
}

function statusOf(word: string): Found['status'] | undefined {
  if (word === 'installed' || word.startsWith('triggers-')) return 'installed'
  if (word === 'config-files') return 'residual'
  return word === 'not-installed' ? undefined : 'half'
}
