import { takeLock, thisHolder } from '../../../lib/host/lock.ts'
import { ContentStore } from '../../../lib/host/content.ts'
import { os, parseOsRelease } from '../../../lib/host/facts/os.ts'
import { ownAddress } from '../../../lib/host/facts/own-address.ts'
import { rootFooting } from '../../../lib/host/footing.ts'
import { runJob } from '../../../lib/host/job.ts'
import { ourPaths } from '../../../lib/host/paths.ts'
import { PosixReader } from '../../../lib/host/posix-reader.ts'
import { apt } from '../../../lib/resources/package/apt.ts'
import { dnf } from '../../../lib/resources/package/dnf.ts'
import { firewallPort } from '../../../lib/resources/firewall/index.ts'
import * as resources from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/host/command.ts'
import { kindOf, type Resource } from '../../../lib/task/kind.ts'
import { readMemory } from '../../../lib/task/memory.ts'
import type { Output, Session } from '../../../lib/transport/session.ts'
import { Broken, type Target } from './fuzz.ts'
import type { Random } from './random.ts'
import { sampleFor } from './samples.ts'

/** What may come of asking a host that answers anything: an error with a name that says what could not be had. */
const refusals = ['Error', 'TaskFailed', 'NotYet', 'CommandFailed', 'UserError']

function answer(random: Random, script: string): Output {
  const stdout = random.damaged(sampleFor(script))
  const stderr = random.once(6)
    ? random.damaged(['', "stat: cannot statx '/x': No such file or directory\n"])
    : Buffer.alloc(0)
  const code = random.once(5) ? random.pick([1, 2, 3, 44, 127, 255, Number.NaN]) : 0
  return { code, stdout, stderr, dropped: 0 }
}

/** A host that answers whatever chance has it say, to code that is all the real one but for the connection. */
function readerOf(random: Random): PosixReader {
  const session: Session = {
    run: async (script) => answer(random, script),
    stream: async (script) => answer(random, script),
    contact: async () => undefined,
    patiently: (_, work) => work(),
    close: async () => undefined,
  }
  return new PosixReader({ name: 'host', session, footing: rootFooting, contents: new ContentStore('key') })
}

/** As it can stand in a journal: no hole, and no number that is none. */
function assertPlain(what: string, value: unknown): void {
  const text = JSON.stringify(value)
  const holes: string[] = []
  const look = (each: unknown, path: string): void => {
    if (each === undefined || (typeof each === 'number' && !Number.isFinite(each))) holes.push(path)
    if (typeof each === 'object' && each !== null)
      for (const [key, inner] of Object.entries(each)) look(inner, `${path}.${key}`)
  }
  look(value, what)
  if (holes.length > 0) throw new Broken(`${holes.join(', ')} in ${text}`)
}

const things: readonly Resource[] = [
  resources.file({ path: '/etc/app.conf', content: 'x' }),
  resources.directory({ path: '/etc/app' }),
  resources.symlink({ path: '/etc/app/link', target: '/x' }),
  resources.line({ path: '/etc/app.conf', line: 'a = b', match: '^a' }),
  resources.block({ path: '/etc/hosts', name: 'app', content: 'x' }),
  resources.user({ name: 'etcd', uid: 990, groups: ['adm'] }),
  resources.unit({ name: 'app' }),
  resources.unit({ name: 'app.timer', triggers: 'app' }),
  resources.osPackage({ name: 'chrony', version: '4.3-2' }),
  resources.command({ title: 'Make it', run: sh`true`, unless: sh`false`, undo: sh`true` }),
  resources.hostname({ name: 'node1', hosts: true }),
  resources.timezone({ name: 'UTC' }),
  resources.cronJob({ name: 'job', special: 'daily', command: sh`true`, user: 'etcd' }),
  firewallPort({ port: 6443 }),
  firewallPort({ ports: ['1-9'], from: '10.0.0.0/8' }),
  resources.selinux({ mode: 'permissive' }),
]

const readings: Target = {
  name: 'a kind reads a state or says why not, whatever the host answers',
  throws: refusals,
  share: 14,
  async round(random) {
    const { kind, ref, id } = random.pick(things)
    const seen = await kindOf(kind).read(readerOf(random), [ref, ref])
    if (seen.length !== 2) throw new Broken(`${id} has ${seen.length} readings of 2`)
    for (const each of seen) {
      if (!(each instanceof Error)) assertPlain(id, each)
      else if (!refusals.includes(each.name)) throw each
    }
  },
}

const stats: Target = {
  name: 'each path has what stands there, or it is said that it cannot be told',
  throws: refusals,
  share: 8,
  async round(random) {
    const paths = ['/a', '/b', '/dir', '/link', '/etc/os-release'].slice(0, 1 + random.below(5))
    const seen = await readerOf(random).stat(paths)
    if (seen.length !== paths.length) throw new Broken(`${seen.length} answers for ${paths.length} paths`)
    assertPlain('the answer', seen)
    for (const stat of seen) {
      if ('hash' in stat && !/^h:[0-9a-f]{64}$/.test(stat.hash)) throw new Broken(`a hash is ${stat.hash}`)
      if (stat.type === 'link' && stat.target === '') throw new Broken('a link leads nowhere')
    }
  },
}

const facts: Target = {
  name: 'a system and its address are told, or it is said that they cannot be',
  throws: refusals,
  share: 4,
  async round(random) {
    const { family } = parseOsRelease(random.damaged(sampleFor('/etc/os-release')).toString())
    if (!['debian', 'redhat', 'other'].includes(family)) throw new Broken(`a family is ${family}`)
    const reader = readerOf(random)
    assertPlain('the system', await os.read(reader))
    const address = await ownAddress.read(reader)
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) throw new Broken(`an address is ${address}`)
  },
}

const packages: Target = {
  name: 'a list of packages is read, whatever stands in it',
  throws: refusals,
  share: 4,
  async round(random) {
    const tool = random.pick([apt, dnf])
    const stdout = random.damaged(sampleFor('dpkg-query')).toString()
    const found = tool.parse({ code: 0, stdout, stderr: '' })
    assertPlain('a package', [...found.values()])
    assertPlain('the versions', [...(await tool.versions(readerOf(random), ['chrony']))])
  },
}

const locks: Target = {
  name: 'a lock is taken, or it is said who holds it, whatever stands in it',
  throws: ['UserError'],
  share: 4,
  async round(random) {
    const holder = thisHolder('run')
    await takeLock(
      'host',
      async () => {
        const code = random.pick([0, 1, 45, 45, 45, 46])
        const line = random.damaged([
          JSON.stringify({ ...holder, pid: 1, started: '1' }),
          JSON.stringify(holder),
          'null',
          '5',
          '[]',
          '{}',
        ])
        return {
          code,
          stdout: Buffer.concat([line, random.damaged(['\n123\n120.5\n', '\n'])]),
          stderr: Buffer.from('no'),
          dropped: 0,
        }
      },
      holder,
      ourPaths,
    )
  },
}

const jobs: Target = {
  name: 'a job ends with a code, or it is said that it was lost',
  throws: ['Error', 'ContactLost'],
  share: 4,
  async round(random) {
    const output = await runJob(
      {
        name: 'host',
        jobs: ourPaths.jobs,
        contact: async () => undefined,
        onOutput: () => undefined,
        run: async (script) => {
          const code = script.includes('exit 43') ? random.pick([40, 40, 41, 42, 43, 43, 1, 255]) : 0
          const stdout = script.endsWith('/code') ? random.damaged(['0\n', '17\n']) : random.bytes(50)
          return { code, stdout, stderr: Buffer.alloc(0), dropped: 0 }
        },
      },
      'job',
      'true',
      {},
    )
    if (!Number.isInteger(output.code)) throw new Broken(`the code is ${output.code}`)
  },
}

const memory: Target = {
  name: 'what a host remembers is read, or it is said what is wrong with it',
  throws: refusals,
  share: 4,
  async round(random) {
    const { changed, origins } = await readMemory(readerOf(random))
    assertPlain('what was changed', [...changed])
    assertPlain('the origins', origins.all)
    for (const { kind, from } of origins.all)
      if (typeof kind !== 'string' || typeof from !== 'object') throw new Broken('an origin is none')
  },
}

export const hosts: readonly Target[] = [readings, stats, facts, packages, locks, jobs, memory]
