import * as messages from '../messages/index.ts'
import { fatal, type Check, type Found, type Subject, type Surveyed } from '../subject.ts'

/** What no two hosts may share: the machine-id, and the hardware address behind which each is reached. */
export const identity: Check = {
  name: 'identity',
  judge(subject) {
    const { name: host, survey } = subject
    if (survey.machineId === '') return [fatal(messages.machineIdIsMissing({ host }))]
    return [
      ...shared(subject, 'machine-id', (each) => each.survey.machineId),
      ...shared(subject, 'MAC', (each) => macOf(each)),
    ]
  },
}

function shared(
  subject: Subject,
  what: 'machine-id' | 'MAC',
  of: (each: Surveyed) => string | undefined,
): readonly Found[] {
  const { name: host, all } = subject
  const value = of(subject)
  if (value === undefined) return []
  const others = all.filter((other) => other.name !== host && of(other) === value).map(({ name }) => name)
  return others.length === 0 ? [] : [fatal(messages.identityIsShared({ host, what, value, others }))]
}

/** Of the device that has the host's address. */
export function macOf({ address, survey }: Surveyed): string | undefined {
  const device = survey.addresses.find((each) => each.address === address)?.device
  return survey.links.find((link) => link.device === device)?.mac
}
