import { quote } from '../../lib/host/command.ts'
import { defineFact, type Fact } from '../../lib/host/fact.ts'
import { CommandFailed, type HostReader } from '../../lib/host/host.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import { certOf, keyOf, programFolder, trustedFile } from './paths.ts'
import type { EtcdVars } from './vars.ts'

/** A member as the cluster tells of it. */
export interface EtcdMember {
  /** As hex digits, as etcdctl takes it. */
  readonly id: string
  /** Empty until it was started for the first time. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

export interface Membership {
  readonly clusterId: string
  readonly members: readonly EtcdMember[]
}

/** How one member is. */
export interface MemberStatus {
  readonly id: string
  readonly version: string
  readonly leader: string
  readonly isLearner: boolean
  readonly revision: number
  readonly raftIndex: number
  readonly raftTerm: number
  readonly dbBytes: number
  readonly usedBytes: number
  readonly errors: readonly string[]
}

/** No answer may take longer; a member without a quorum answers never. */
export const askedForS = 5

/** What etcdctl is told beside its command. */
interface Asked {
  /** Default: the member of the host itself. */
  readonly endpoint?: string
  /** How long an answer may take. */
  readonly patienceS?: number
}

/** etcdctl on a host, as its administrator, before a command and its words. */
export function ctlOf(
  vars: Pick<EtcdVars, 'clientPort' | 'method'>,
  host: string,
  { endpoint = localEndpoint(vars), patienceS = askedForS }: Asked = {},
): string {
  return [
    `ETCDCTL_API=3 ${programFolder(vars)}/etcdctl`,
    `--cacert ${trustedFile} --cert ${certOf('admin', host)} --key ${keyOf('admin', host)}`,
    `--endpoints ${quote(endpoint)} --dial-timeout ${askedForS}s --command-timeout ${patienceS}s`,
  ].join(' ')
}

/**
 * The same, trusting nothing but the certificate that the member of the host is to serve: it is answered only where
 * exactly that is served.
 */
export function ctlForServed(vars: Pick<EtcdVars, 'clientPort' | 'method'>, host: string): string {
  return ctlOf(vars, host).replace(`--cacert ${trustedFile}`, `--cacert ${certOf('member', host)}`)
}

export function localEndpoint({ clientPort }: Pick<EtcdVars, 'clientPort'>): string {
  return `https://127.0.0.1:${clientPort}`
}

/** What etcdctl answers in JSON. Its numbers have 64 bits: those that are ids become hex digits. */
export function parseAnswer(text: string): unknown {
  return JSON.parse(
    text.replace(/("(?:\w*ID|\w*_id|leader)":)(\d+)/g, (_, name: string, id: string) => {
      return `${name}"${BigInt(id).toString(16)}"`
    }),
  ) as unknown
}

interface MembersAnswer {
  readonly header: { readonly cluster_id: string }
  readonly members: readonly {
    readonly ID: string
    readonly name?: string
    readonly peerURLs: readonly string[]
    readonly clientURLs?: readonly string[]
    readonly isLearner?: boolean
  }[]
}

export function parseMembers(text: string): Membership {
  const { header, members } = parseAnswer(text) as MembersAnswer
  return {
    clusterId: header.cluster_id,
    members: members.map(({ ID, name = '', peerURLs, clientURLs = [], isLearner = false }) => {
      return { id: ID, name, peerUrls: peerURLs, clientUrls: clientURLs, isLearner }
    }),
  }
}

interface StatusAnswer {
  readonly Status: {
    readonly header: { readonly member_id: string; readonly revision?: number }
    readonly version: string
    readonly leader?: string
    readonly isLearner?: boolean
    readonly raftIndex?: number
    readonly raftTerm?: number
    readonly dbSize?: number
    readonly dbSizeInUse?: number
    readonly errors?: readonly string[]
  }
}

export function parseStatus(text: string): MemberStatus | undefined {
  const [answer] = parseAnswer(text) as readonly StatusAnswer[]
  if (answer === undefined) return undefined
  const { header, version, leader = '0', ...rest } = answer.Status
  return {
    id: header.member_id,
    version,
    leader,
    isLearner: rest.isLearner ?? false,
    revision: header.revision ?? 0,
    raftIndex: rest.raftIndex ?? 0,
    raftTerm: rest.raftTerm ?? 0,
    dbBytes: rest.dbSize ?? 0,
    usedBytes: rest.dbSizeInUse ?? 0,
    errors: rest.errors ?? [],
  }
}

const alarmNames: Readonly<Record<number, string>> = { 1: 'NOSPACE', 2: 'CORRUPT' }

export interface Alarm {
  readonly member: string
  readonly alarm: string
}

export function parseAlarms(text: string): readonly Alarm[] {
  const { alarms = [] } = parseAnswer(text) as {
    readonly alarms?: readonly { readonly memberID: string; readonly alarm: number }[]
  }
  return alarms.map(({ memberID, alarm }) => ({
    member: memberID,
    alarm: alarmNames[alarm] ?? String(alarm),
  }))
}

/** Asks the members that the one behind `ctl` knows; it has to have a quorum. */
export async function askMembers(host: HostReader, ctl: string): Promise<Membership> {
  const { stdout } = await host.query({ text: `${ctl} member list -w json` }, { timeoutMs: askedForMs })
  return parseMembers(stdout)
}

/** The members as of now, or of the beginning of the batch where another host asks. */
export function membersNow(ctl: string): Fact<Membership> {
  return defineFact('the members of etcd', async (host) => {
    try {
      return await askMembers(host, ctl)
    } catch (error) {
      throw new NotYet(`etcd does not tell its members on ${host.name}: ${wordsOf(error)}`)
    }
  })
}

/** Whether the member behind `ctl` is well: it answers with a quorum, and has room. */
export async function askHealth(host: HostReader, ctl: string): Promise<boolean> {
  const options = { timeoutMs: askedForMs, ok: [0, 1] }
  const { stdout } = await host.query({ text: `${ctl} endpoint health -w json` }, options)
  const [health] = JSON.parse(stdout.trim() || '[]') as readonly { readonly health: boolean }[]
  return health?.health === true
}

export async function askStatus(host: HostReader, ctl: string): Promise<MemberStatus | undefined> {
  const { stdout } = await host.query({ text: `${ctl} endpoint status -w json` }, { timeoutMs: askedForMs })
  return parseStatus(stdout)
}

export const askedForMs = askedForS * 1000 + 10_000

/** What a command that failed said, in one line. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof CommandFailed)) throw error
  const { stderr, stdout } = error.answer
  const line = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? ''
  return errorIn(line) ?? (line === '' ? 'nothing was said' : line)
}

/** Its logs are JSON lines, with the reason in the midst. */
function errorIn(line: string): string | undefined {
  return /"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]
}
