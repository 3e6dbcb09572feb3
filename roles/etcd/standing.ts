import { quote } from '../../lib/host/command.ts'
import { asFound, defineFact, unlessLost, type Fact } from '../../lib/host/fact.ts'
import { sectionsOf } from '../../lib/host/facts/sections.ts'
import { askedForMs, ctlOf, parseMembers, parseStatus, type MemberStatus, type Membership } from './ctl.ts'
import { configFile, markFile, programFolder, unitName } from './paths.ts'
import type { EtcdVars } from './vars.ts'

/** What of a cluster stands on a host. */
export interface Standing {
  /** It holds data of a member. */
  readonly data: boolean
  /** The cluster that it has been a working member of. */
  readonly mark: string | undefined
  /** Of the program that is installed. */
  readonly version: string | undefined
  /** Whether the service runs. */
  readonly runs: boolean
  /** What its member says of itself; undefined where it does not answer. */
  readonly status: MemberStatus | undefined
  /** The members that it knows; undefined where it does not answer, or sees no quorum. */
  readonly membership: Membership | undefined
  /** What its configuration says of how it came to its cluster. */
  readonly initial: { readonly cluster: string; readonly state: string } | undefined
}

/** Asks what stands on a host, in one round trip. */
export function standing(host: string, vars: EtcdVars): Fact<Standing> {
  return defineFact(
    `the standing of etcd in ${vars.dataDir}`,
    async (reader) => {
      const { stdout } = await reader.query({ text: script(host, vars) }, { timeoutMs: 2 * askedForMs })
      return parseStanding(stdout)
    },
    { assumed: parseStanding('') },
  )
}

/** What stood there when the run began; nothing where the host is off. What was decided on that is not turned over. */
export function standingAsFound(host: string, vars: EtcdVars): Fact<Standing | undefined> {
  return unlessLost(asFound(standing(host, vars)))
}

function script(host: string, vars: EtcdVars): string {
  const ctl = ctlOf(vars, host)
  const program = `${programFolder(vars)}/etcd`
  return `part() { printf '\\036%s\\n' "$1"; }
part data; if [ -d ${quote(vars.dataDir)}/member ]; then echo yes; fi
part mark; cat ${markFile} 2> /dev/null
part version; if [ -x ${program} ]; then ${program} --version 2> /dev/null; fi
part config; grep '^initial-cluster' ${configFile} 2> /dev/null
if systemctl is-active -q ${unitName} 2> /dev/null; then
part runs; echo yes
part status; ${ctl} endpoint status -w json 2> /dev/null
part members; ${ctl} member list -w json 2> /dev/null
fi
true`
}

export function parseStanding(text: string): Standing {
  const said = sectionsOf(text)
  const line = (name: string) => said.get(name)?.trim() || undefined
  const config = new Map(
    (line('config') ?? '').split('\n').map((each) => {
      const [key = '', ...value] = each.split(': ')
      return [key, value.join(': ').replaceAll('"', '')] as const
    }),
  )
  const [cluster, state] = [config.get('initial-cluster'), config.get('initial-cluster-state')]
  const [status, members] = [line('status'), line('members')]
  return {
    data: line('data') !== undefined,
    mark: line('mark'),
    version: /etcd Version: (\S+)/.exec(line('version') ?? '')?.[1],
    runs: line('runs') !== undefined,
    status: status === undefined ? undefined : parseStatus(status),
    membership: members === undefined ? undefined : parseMembers(members),
    initial: cluster === undefined || state === undefined ? undefined : { cluster, state },
  }
}
