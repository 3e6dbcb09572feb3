import type { Installation } from '../../../lib/cluster/installation.ts'
import * as messages from '../messages/index.ts'
import { fatal, warning, type Check, type Found, type Subject } from '../subject.ts'

/** What of Kubernetes stands there already: ours is gone on with, anybody else's is not written over. */
export const installation: Check = {
  name: 'installation',
  judge: (subject) => [...onKubernetes(subject), ...onLeftovers(subject)],
}

function onKubernetes({ name: host, survey, configuration }: Subject): readonly Found[] {
  const { installation: standing } = survey
  const { distribution } = configuration.kubernetes
  const wanted = distribution === 'binary' ? 'kubelet' : distribution
  if (standing.is === 'none') return []
  if (standing.ours && standing.is === wanted) return []
  const found = `${kindOf(standing)}: ${[...standing.units, ...standing.paths].join(', ')}`
  return [fatal(messages.installationStands({ host, found, wanted: `nothing, or ${distribution} of ours` }))]
}

function onLeftovers({ name: host, survey }: Subject): readonly Found[] {
  const { leftovers } = survey.installation
  const tools = [...new Set(leftovers.map((each) => each.of))]
  return tools.map((tool) => {
    const places = leftovers.filter((each) => each.of === tool).map(({ at }) => at)
    return warning(messages.leftoversStand({ host, found: `${tool}: ${places.join(', ')}` }))
  })
}

function kindOf({ is, ours }: Installation): string {
  if (is === 'half') return 'half an installation'
  return ours ? `${is} of ours` : `${is} of somebody else`
}
