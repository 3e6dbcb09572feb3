import { noProgram, sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { checkedIfKnown } from '../../task/ask.ts'
import { defineResource } from '../../task/kind.ts'
import { checkHostname, namesFor, ownLine, replaceOwnLine } from './hostname-own-line.ts'
import { editFile, readTexts } from '../text/text-lines.ts'
import { readWord, writeWord, type AsItIs } from '../text/word-file.ts'

export interface HostnameArgs {
  /** As DNS takes it: `node1` or `node1.example.com`, of 64 characters at most. */
  readonly name: string
  /**
   * Also keeps the line of 127.0.1.1 in /etc/hosts, with which Debian lets a host find itself; where there is none,
   * none is added, and no other line is touched. Default: false.
   */
  readonly hosts?: boolean
}

type Ref = { readonly hosts: boolean }

export type HostnameState = {
  readonly is: 'named'
  /** As /etc/hostname has it, for the next boot. */
  readonly static: string | null
  /** As the kernel has it, now. */
  readonly live: string
  /** The line of 127.0.1.1, where that is looked after; null where there is none. */
  readonly own?: string | null
  readonly hint?: { readonly file: AsItIs }
}

const paths = { static: '/etc/hostname', live: '/proc/sys/kernel/hostname', hosts: '/etc/hosts' } as const

/** The name of the host, now and after a boot; a pretty name for people is left as it is. */
export const hostname = defineResource('hostname', {
  make({ name, hosts = false }: HostnameArgs) {
    return { key: 'own', ref: { hosts }, spec: { name: checkedIfKnown(name, checkHostname) } }
  },

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readName(host, ref))),

  want(actual: HostnameState, spec): HostnameState {
    const name = checkHostname(spec.name)
    const { static: before, own } = actual
    return {
      // A hint belongs to the name that stands there.
      ...(before === name ? actual : { is: 'named', ...(own === undefined ? {} : { own }) }),
      static: name,
      live: name,
      ...(typeof own === 'string' ? { own: namesFor(own, name) } : {}),
    }
  },

  async apply(host, _, { to }) {
    await writeWord(host, paths.static, to.static, to.hint?.file)
    await nameNow(host, to.live)
    const { own } = to
    if (typeof own === 'string') await editFile(host, paths.hosts, (lines) => replaceOwnLine(lines, own))
  },

  claim: ({ hosts }) => [
    `path:${paths.static}`,
    'hostname',
    ...(hosts ? [`path:${paths.hosts}#127.0.1.1`] : []),
  ],

  digest: ({ static: name, live }) => `${name} ${live}`,
})

async function readName(host: HostReader, { hosts }: Ref): Promise<HostnameState> {
  const [file, [live], [text]] = await Promise.all([
    readWord(host, paths.static),
    host.readFiles([paths.live]),
    hosts ? readTexts(host, [paths.hosts]) : [],
  ])
  if (live === undefined) throw new Error(`${host.name} has no ${paths.live}, so its name cannot be told.`)
  if (text instanceof Error) throw text
  return {
    is: 'named',
    static: file.word,
    live: live.toString().trim(),
    ...(hosts ? { own: text === undefined ? null : (ownLine(text) ?? null) } : {}),
    hint: { file: file.is },
  }
}

/** Not by hostnamectl where it can be helped: what that makes of a name depends on /etc/hostname. */
async function nameNow(host: Host, name: string): Promise<void> {
  const [live] = await host.readFiles([paths.live])
  if (live?.toString().trim() === name) return
  const { code } = await host.exec(sh`hostname ${name}`, { ok: [0, noProgram] })
  if (code === noProgram) await host.exec(sh`hostnamectl --transient set-hostname ${name}`)
}
