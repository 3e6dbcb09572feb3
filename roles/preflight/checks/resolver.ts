import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import * as messages from '../messages/index.ts'
import { fatal, mended, warning, type Check, type Found, type Subject } from '../subject.ts'

/** What pods hear of the host's resolv.conf: so many servers, and so many domains besides their own three. */
const mostServers = 3
const mostSearches = 29
const loopback = /^(?:127\.|::1$)/

/** Whom the host asks for names, and whether pods may ask the same. */
export const resolver: Check = {
  name: 'resolver',
  judge(subject) {
    const { servers } = subject.survey.resolver
    if (servers.length === 0) return [withoutServers(subject)]
    return [...onAnswers(subject), ...onLoop(subject), ...onLength(subject)]
  },
}

function withoutServers(subject: Subject): Found {
  const { name: host } = subject
  return mended(adding(subject), 'fatal', (task) => messages.resolvConfIsEmpty({ host, task }))
}

function onAnswers(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { servers, answers } = survey.resolver
  const tried = servers.filter((server) => answers.has(server))
  if (tried.length === 0 || tried.some((server) => answers.get(server) === true)) return []
  return [
    mended(adding(subject), 'fatal', (task) => messages.nameServersAreSilent({ host, servers: tried, task })),
  ]
}

/** The kubelet takes what systemd-resolved itself asks, where that is what resolv.conf leads to. */
function onLoop(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { servers, upstream } = survey.resolver
  const isOutside = (server: string) => !loopback.test(server)
  if (servers.some(isOutside) || upstream.some(isOutside) || adding(subject) !== undefined) return []
  return [fatal(messages.resolverLoops({ host, servers }))]
}

function onLength({ name: host, survey }: Subject): readonly Found[] {
  const { servers, searches } = survey.resolver
  const counts = [
    { what: 'servers', found: servers.length, most: mostServers },
    { what: 'searches', found: searches.length, most: mostSearches },
  ] as const
  return counts
    .filter(({ found, most }) => found > most)
    .map((count) => warning(messages.resolverHasTooMuch({ host, ...count })))
}

/** The task that names other servers, where there are some. */
function adding({ tuning, configuration }: Subject): string | undefined {
  const adds = tuning.nameServers === 'managed' && configuration.extra.resolves.length > 0
  return adds ? tuningTasks.nameServers : undefined
}
