import { isDnsName } from '../../../lib/vars/network-schemas.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import * as messages from '../messages/index.ts'
import { mended, type Check, type Found, type Subject } from '../subject.ts'

const loopback = /^(?:127\.|::1$)/

/** The name that Kubernetes will take for the node's: fit for DNS, nobody else's, and one that leads to the host. */
export const hostname: Check = {
  name: 'hostname',
  judge: (subject) => [...onForm(subject), ...onOthers(subject), ...onResolving(subject)],
}

function onForm(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  if (isDnsName(survey.hostname)) return []
  return [
    mended(naming(subject), 'fatal', (task) =>
      messages.hostnameIsInvalid({ host, hostname: survey.hostname, task }),
    ),
  ]
}

function onOthers(subject: Subject): readonly Found[] {
  const { name: host, survey, all } = subject
  const others = all.filter((other) => other.name !== host && other.survey.hostname === survey.hostname)
  if (others.length === 0) return []
  const about = { host, hostname: survey.hostname, others: others.map(({ name }) => name) }
  return [mended(naming(subject), 'fatal', (task) => messages.hostnameIsShared({ ...about, task }))]
}

function onResolving({ name: host, address, survey, tuning }: Subject): readonly Found[] {
  if (!survey.commands.has('getent')) return []
  const own = survey.addresses.filter(({ global }) => global).map((each) => each.address)
  const leadsHere = survey.resolved.some((each) => own.includes(each))
  if (leadsHere && !survey.resolved.some((each) => loopback.test(each))) return []
  const about = { host, hostname: survey.hostname, resolved: survey.resolved, address }
  const task = tuning.etcHosts === 'managed' ? tuningTasks.etcHosts : undefined
  return [mended(task, 'fatal', (mends) => messages.hostnameResolvesElsewhere({ ...about, task: mends }))]
}

/** The task that gives the host the name that it has in the inventory, where that is one. */
function naming({ name, tuning }: Subject): string | undefined {
  return tuning.hostname === 'inventory' && isDnsName(name) ? tuningTasks.hostname : undefined
}
