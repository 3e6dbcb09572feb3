import { asFound } from '../../../lib/host/fact.ts'
import { directory, file, template } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import { addressOf, serverUrl, type Seen } from '../cluster.ts'
import { agentSettings, nodeSettings, serverSettings, type Settings } from '../config.ts'
import type { K3sContext } from '../context.ts'
import { registriesText } from '../registries.ts'
import { configuredToken, joinToken, newToken, partsOf } from '../token.ts'
import { foldersDownTo } from './program.ts'

/** Writes all that the node reads: its settings, registries, environment and unit. */
export async function configure(context: K3sContext, seen: Seen): Promise<readonly Resource[]> {
  const { host, vars, shared, task } = context
  const { product, part, unit } = seen
  const facts = { ...seen, address: await addressOf(context, host.name) }
  const own = part === 'server' ? serverSettings(vars, shared, facts) : agentSettings(vars)
  const { entry, token, from } = await membership(context, seen)
  const settings = {
    ...entry,
    ...tokens(context, seen, token),
    ...nodeSettings(vars, vars.dataDir, facts),
    ...own,
  }
  const environment = `/etc/default/${unit.replace(/\.service$/, '')}`
  const registries = registriesText(vars)
  return task(
    `Configure the ${part}, with ${from}`,
    ...foldersDownTo(product.configFolder).map((path) => directory({ path })),
    template({
      path: `${product.configFolder}/config.yaml`,
      from: 'config.yaml.ejs',
      values: { settings: entriesOf(settings) },
      mode: 0o600,
    }),
    file({
      path: `${product.configFolder}/registries.yaml`,
      ...(registries === undefined ? { state: 'absent' } : { content: registries, mode: 0o600 }),
    }),
    file({ path: environment, ...environmentOf(context) }),
    template({
      path: `/etc/systemd/system/${unit}`,
      from: 'service.ejs',
      values: {
        product: product.name,
        part,
        program: product.program,
        environment,
        startSeconds: milliseconds(vars.deadlines.start) / 1000,
      },
    }),
  )
}

/** How the node comes to its cluster, what it shows there, and in words whose token that is. */
interface Membership {
  readonly entry: Settings
  readonly token: Secret
  readonly from: string
}

async function membership(context: K3sContext, seen: Seen): Promise<Membership> {
  const { vars, ask, fact } = context
  const { course, own, product, dataDir, part } = seen
  if (course.is === 'founds') {
    const kept = await fact(asFound(configuredToken(product)))
    const token = vars.token ?? kept ?? newToken(context.run.id)
    return { entry: foundation(context, seen), token, from: `the token that is ${token.source}` }
  }
  if (course.is === 'goes on') {
    const shown = (await fact(asFound(configuredToken(product)))) ?? vars.token
    const token = shown ?? new Secret(partsOf(await fact(joinToken(dataDir))).password, `its own ${dataDir}`)
    const entry =
      own.joins === undefined ? (own.founds ? foundation(context, seen) : {}) : { server: own.joins }
    return { entry: { ...datastoreEntry(context), ...entry }, token, from: 'its own token' }
  }
  if (course.is === 'refused') throw new TypeError('What is refused is not configured.')
  const server = joinUrlOf(context, seen, course.from)
  const entry = { ...(part === 'server' ? datastoreEntry(context) : {}), server }
  if (vars.serverUrl !== undefined && vars.token !== undefined) {
    return { entry, token: vars.token, from: `the token from ${vars.token.source}` }
  }
  if (part === 'agent' && vars.agentToken !== undefined) {
    return { entry, token: vars.agentToken, from: `the token from ${vars.agentToken.source}` }
  }
  return { entry, token: ask(course.from, joinToken(dataDir)), from: `the token of ${course.from}` }
}

/** An agent that is in keeps the server it came by, as long as that is one. */
function joinUrlOf({ vars, shared }: K3sContext, seen: Seen, from: string): string {
  if (vars.serverUrl !== undefined) return vars.serverUrl
  const urls = seen.servers.map(({ name }) => serverUrl(seen, shared.kubernetes.apiPort, name))
  const { known, joins } = seen.own
  return known && joins !== undefined && urls.includes(joins)
    ? joins
    : serverUrl(seen, shared.kubernetes.apiPort, from)
}

/** RKE2 has nothing else than etcd, and founds where it joins nobody. */
function foundation(context: K3sContext, { product }: Seen): Settings {
  if (product.name === 'rke2') return {}
  return context.vars.datastore === 'embedded' ? { 'cluster-init': true } : datastoreEntry(context)
}

function datastoreEntry({ vars: { datastore } }: K3sContext): Settings {
  return datastore instanceof Secret ? { 'datastore-endpoint': datastore } : {}
}

function tokens({ vars }: K3sContext, { part }: Seen, token: Secret): Settings {
  return { token, 'agent-token': part === 'server' ? vars.agentToken : undefined }
}

/** In the form in which the template prints them. */
function entriesOf(settings: Settings): readonly object[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      Array.isArray(value) ? { key, items: value as readonly string[] } : { key, value },
    )
}

function environmentOf({ vars }: K3sContext): { state: 'absent' } | { content: Secret; mode: number } {
  const lines = Object.entries(vars.environment).map(
    ([name, value]) => `${name}=${JSON.stringify(reveal(value))}\n`,
  )
  if (lines.length === 0) return { state: 'absent' }
  return { content: new Secret(lines.join(''), 'k3s.environment'), mode: 0o600 }
}
