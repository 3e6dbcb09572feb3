import { setTimeout as pause } from 'node:timers/promises'
import { defineCondition, type Condition, type Held } from '../../lib/task/gate.ts'
import type { HostReader } from '../../lib/host/host.ts'
import { askMembers, askStatus, wordsOf } from './ctl.ts'

/** How long a member that still frees something takes to free more. */
const freesWithinMs = 1000

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

/** The member has freed what was given up: that goes on behind its back for as long as there is much of it. */
export function hasFreed(ctl: string): Condition {
  return asked('What was given up', async (host) => {
    const before = await askStatus(host, ctl)
    await pause(freesWithinMs)
    const now = await askStatus(host, ctl)
    if (before === undefined || now === undefined) return 'the member does not answer'
    return now.usedBytes < before.usedBytes ? `${now.usedBytes} bytes are in use, and still fewer` : undefined
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
