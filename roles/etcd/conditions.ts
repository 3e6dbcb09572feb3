import { defineCondition, type Condition, type Held } from '../../lib/task/gate.ts'
import type { HostReader } from '../../lib/host/host.ts'
import { askMembers, askStatus, wordsOf } from './ctl.ts'

/** The member of this host answers, and knows a leader. */
export function memberAnswers(ctl: string): Condition {
  return asked('The member', async (host) => {
    const status = await askStatus(host, ctl)
    if (status === undefined) return 'it does not answer'
    return status.leader === '0' ? 'it knows no leader' : undefined
  })
}

/** What the member serves is the certificate that stands in its file, and no earlier one. */
export function certificateServed(ctlForServed: string): Condition {
  return asked('The certificate of the member', async (host) => {
    return (await askStatus(host, ctlForServed)) === undefined ? 'it does not answer' : undefined
  })
}

/** All of these are members that vote, and a change of theirs is agreed on. */
export function allVote(ctl: string, peerUrls: readonly string[]): Condition {
  return asked(`All of ${peerUrls.length} members`, async (host) => {
    const { members } = await askMembers(host, ctl)
    const missing = peerUrls.filter((url) => {
      return !members.some(
        (member) => member.peerUrls.includes(url) && member.name !== '' && !member.isLearner,
      )
    })
    return missing.length === 0 ? undefined : `no voters that were started: ${missing.join(', ')}`
  })
}

function asked(name: string, wrong: (host: HostReader) => Promise<string | undefined>): Condition {
  return defineCondition(name, async (host): Promise<Held> => {
    try {
      const found = await wrong(host)
      return found === undefined ? { holds: true } : { holds: false, found }
    } catch (error) {
      return { holds: false, found: wordsOf(error) }
    }
  })
}
