import type { Finding } from '../../lib/report/events.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import type { Seen } from './cluster.ts'
import { criticalSettings } from './config.ts'
import type { K3sContext } from './context.ts'
import { partsOf, showsSame } from './token.ts'
import type { K3sVars } from './vars.ts'

/** What speaks against touching the host, before anything is changed. */
export function judged(
  context: K3sContext,
  seen: Seen,
  clusterToken: Secret | undefined,
): readonly Finding[] {
  return [
    ...versionFindings(context, seen),
    ...courseFindings(seen),
    ...tokenFindings(context, seen, clusterToken),
    ...(seen.part === 'server' ? serverFindings(context, seen) : []),
  ]
}

function versionFindings({ host }: K3sContext, { product, version, own }: Seen): readonly Finding[] {
  if (!version.includes(product.build)) {
    const example = `v1.34.2${product.build}1`
    return [
      fatal('version', {
        found: version === '' ? 'none' : version,
        wanted: `a release of ${product.name}, like ${example}`,
        message: `kubernetes.version is ${version === '' ? 'not given' : version}, which names no release of ${product.name}.`,
        advice: `Set kubernetes.version to a release, with its build: ${example}.`,
      }),
    ]
  }
  if (own.version === undefined || own.version === version) return []
  return [
    fatal('version', {
      found: own.version,
      wanted: version,
      message: `${host.name} runs ${product.name} ${own.version}, and kubernetes.version is ${version}.`,
      advice: `Set kubernetes.version to ${own.version}: an install changes no version of a node that is there.`,
    }),
  ]
}

function courseFindings({ course, product }: Seen): readonly Finding[] {
  if (course.is !== 'refused') return []
  const { found, wanted, advice } = course
  return [
    fatal('cluster', {
      found,
      wanted,
      message: `This would not be one cluster of ${product.name}: ${found}.`,
      advice,
    }),
  ]
}

/** Who is to join a cluster founds none. */
export function foundingFindings({ course, product }: Seen): readonly Finding[] {
  if (course.is !== 'founds') return []
  return [
    fatal('cluster', {
      found: 'no server that holds a cluster',
      wanted: 'a server of the cluster that serves',
      message: `There is no cluster of ${product.name} to add a node to.`,
      advice: 'Install it first: playbooks/install.ts; or switch a server of it on.',
    }),
  ]
}

/** A node of a cluster that is not the one it is to join stays what it is. */
export function foreignFindings(
  { host }: K3sContext,
  { own, part, product }: Seen,
  clusterCa: string | undefined,
): readonly Finding[] {
  const held = own.ca ?? own.nodeCa
  if (held === undefined || held === clusterCa) return []
  return [
    fatal('cluster', {
      found: `data of the cluster ${held.slice(0, 12)}…`,
      wanted:
        clusterCa === undefined ? 'none, as no server holds a cluster' : `${clusterCa.slice(0, 12)}… or none`,
      message: `${host.name} holds data of another cluster: as ${part === 'server' ? 'a server' : 'an agent'} of ${product.name}.`,
      advice: `If they are of no use any more, take them away: playbooks/reset.ts --limit ${host.name}. Else take the host out of this inventory.`,
    }),
  ]
}

function tokenFindings(
  { vars }: K3sContext,
  { course, product }: Seen,
  clusterToken: Secret | undefined,
): readonly Finding[] {
  const { token, serverUrl } = vars
  if (serverUrl !== undefined) {
    if (token !== undefined && partsOf(token).ca !== undefined) return []
    return [
      fatal('token', {
        found: token === undefined ? 'none' : 'a token that does not say whom to trust',
        wanted: 'the full token of that cluster, K10…::server:…',
        message: `A cluster outside of the inventory is joined with its full token only.`,
        advice: `Give it as k3s.token: it stands in ${product.dataDir}/server/token on a server there.`,
      }),
    ]
  }
  if (token === undefined) return []
  if (course.is === 'founds' && partsOf(token).ca !== undefined) {
    return [
      fatal('token', {
        found: `a full token, from ${token.source}`,
        wanted: 'a token without K10…::server:, since the authority of a new cluster is not there yet',
        message: 'The token names the authority of a cluster, and a new one is to be founded.',
        advice: 'Leave k3s.token out, or give only what stands after ::server: in it.',
      }),
    ]
  }
  if (clusterToken === undefined) return []
  const { ca } = partsOf(token)
  const real = partsOf(clusterToken).ca
  if (ca !== undefined && ca !== real) {
    return [
      fatal('token', {
        found: `${ca.slice(0, 12)}…, from ${token.source}`,
        wanted: `${real?.slice(0, 12)}…`,
        message:
          'The token CA hash does not match the Cluster CA certificate hash: it is of an older or another cluster.',
        advice: 'Leave k3s.token out: it is read back from a server.',
      }),
    ]
  }
  if (showsSame(token, clusterToken)) return []
  return [
    fatal('token', {
      found: `another one, from ${token.source}`,
      wanted: 'that of the cluster',
      message: 'k3s.token is not the token of the cluster that is there.',
      advice: 'Leave k3s.token out: it is read back from a server.',
    }),
  ]
}

function serverFindings(context: K3sContext, seen: Seen): readonly Finding[] {
  const { vars } = context
  const { servers, own } = seen
  const findings: Finding[] = []
  if (vars.datastore === 'sqlite' && servers.length > 1) {
    findings.push(
      fatal('datastore', {
        found: `sqlite, and ${servers.length} servers`,
        wanted: 'one server, or etcd on all of them',
        message: 'SQLite keeps the state of one server; several would be several clusters.',
        advice: 'Set k3s.datastore to embedded, or leave one host in the group server.',
      }),
    )
  }
  const keeps = { etcd: 'embedded', sqlite: 'sqlite' }[own.keeps ?? 'etcd']
  if (own.keeps !== undefined && keeps !== vars.datastore) {
    findings.push(
      fatal('datastore', {
        found: own.keeps,
        wanted: typeof vars.datastore === 'string' ? vars.datastore : 'a database',
        message: `The state of the cluster is kept in ${own.keeps}, and k3s.datastore says otherwise.`,
        advice: `Set k3s.datastore to ${keeps}: an install moves no state.`,
      }),
    )
  }
  if (vars.datastore === 'embedded' && servers.length % 2 === 0) {
    findings.push({
      check: 'quorum',
      class: 'warning',
      found: `${servers.length} servers`,
      wanted: 'an odd number',
      message: `${servers.length} members of etcd bear the loss of no more than ${servers.length - 1} do.`,
      advice: 'Take one more or one less.',
    })
  }
  return [...findings, ...criticalFindings(context, seen)]
}

/** Said once, by the first server that says it otherwise than the initial one. */
function criticalFindings(
  { host, shared, vars }: K3sContext,
  { servers, initial }: Seen,
): readonly Finding[] {
  if (host.name === initial) return []
  const first = servers.find(({ name }) => name === initial)
  const theirs = first?.vars as
    | { readonly k3s: K3sVars; readonly network: (typeof shared)['network'] }
    | undefined
  if (theirs === undefined) return []
  const [mine, wanted] = [criticalSettings(vars, shared), criticalSettings(theirs.k3s, theirs)]
  const differing = Object.keys(mine).filter(
    (key) => JSON.stringify(mine[key]) !== JSON.stringify(wanted[key]),
  )
  return differing.map((key) =>
    fatal('settings', {
      found: `${key}: ${JSON.stringify(mine[key]) ?? 'not set'}`,
      wanted: `${key}: ${JSON.stringify(wanted[key]) ?? 'not set'}, as on ${initial}`,
      message: `${key} has to be the same on all servers.`,
      advice: 'Set it in group_vars of all servers, not on one of them.',
    }),
  )
}

function fatal(check: string, rest: Omit<Finding, 'check' | 'class'>): Finding {
  return { check, class: 'fatal', ...rest }
}
