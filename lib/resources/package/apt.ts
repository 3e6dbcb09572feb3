import { noProgram, sh } from '../../host/command.ts'
import { CommandFailed, type ExecOptions, type Host, type HostReader } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { keepingEdited } from './conffiles.ts'
import type { Asked, Found, PackageTool } from './tools.ts'
import { fitsVersion } from './versions.ts'

const format = '${Package}\\t${db:Status-Status}\\t${Version}\\n'
/** Where nothing is found, or no tool is there, is an answer. */
const maybe = [0, 1, noProgram]
/** Another apt, as that of the nightly updates, is waited for. */
const patience = 'DPkg::Lock::Timeout=600'
const keepConfiguration = 'Dpkg::Options::=--force-confold'
const needsOnly = ['Recommends', 'Suggests']
  .map((each) => `-o APT::AutoRemove::${each}Important=false`)
  .join(' ')
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

  async install(host, asked, on) {
    const options = ['-y', '--no-install-recommends', '-o', keepConfiguration, '-o', patience]
    if (asked.some(({ version }) => version !== undefined)) options.push('--allow-downgrades')
    const install = async () => {
      const words = chosen(asked, await known(host, asked))
      await host.exec(sh`apt-get install ${options} ${words}`, jobOf(on))
    }
    if (missing(asked, await known(host, asked)).length > 0) await update(host, on)
    try {
      await install()
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      if (!staleLists.test(error.answer.stderr)) throw await explained(host, asked, error)
      await update(host, on)
      await install()
    }
  },

  async dependents(host, names) {
    const all = await removals(host, `remove ${sh`${names}`.text}`)
    const going = all.filter((other) => !names.includes(other))
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

  // What others only recommend or suggest came along nevertheless.
  unneeded: (host) => removals(host, `autoremove ${needsOnly}`),

  askHeld: (host) => host.query(sh`apt-mark showhold`, { ok: maybe }),

  heldAmong(_, names, { stdout }) {
    const held = stdout.split('\n').map((line) => line.replace(/:.*/, ''))
    return names.filter((name) => held.includes(name))
  },

  async hold(host, names, held) {
    await host.exec(sh`apt-mark ${held ? 'hold' : 'unhold'} ${names}`)
  },
}

function known(host: HostReader, asked: readonly Asked[]): ReturnType<PackageTool['versions']> {
  return apt.versions(
    host,
    asked.map(({ name }) => name),
  )
}

/** What no list of the host has. */
function missing(
  asked: readonly Asked[],
  versions: ReadonlyMap<string, readonly string[]>,
): readonly Asked[] {
  return asked.filter(({ name, version }) => {
    const all = versions.get(name) ?? []
    return version === undefined ? all.length === 0 : !all.some((each) => fitsVersion(each, version))
  })
}

/** As apt takes them; it lists the newest version first. */
function chosen(
  asked: readonly Asked[],
  versions: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return asked.map(({ name, version }) => {
    if (version === undefined) return name
    const all = versions.get(name) ?? []
    return `${name}=${all.includes(version) ? version : (all.find((each) => fitsVersion(each, version)) ?? version)}`
  })
}

async function update(host: Host, on: string): Promise<void> {
  await host.exec(sh`apt-get update`, jobOf(on))
}

/** What apt would remove; a simulation takes no lock and changes nothing. */
async function removals(host: HostReader, what: string): Promise<readonly string[]> {
  const { stdout } = await host.query({ text: `apt-get -s ${what}` })
  return [...stdout.matchAll(/^Remv (?<name>[^\s:]+)/gm)].map(({ groups }) => groups?.['name'] ?? '')
}

async function explained(host: Host, asked: readonly Asked[], cause: CommandFailed): Promise<Error> {
  const versions = await known(host, asked)
  const [first] = missing(asked, versions)
  if (first === undefined) return cause
  const { name, version } = first
  const wanted = version === undefined ? name : `version ${version} of ${name}`
  const all = versions.get(name) ?? []
  return new TaskFailed(
    `No repository of ${host.name} has ${wanted}; known are: ${all.join(', ') || 'none'}.`,
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
