import { UserError } from '../errors.ts'
import { groupMembers } from '../inventory/aliases.ts'
import { selectHosts } from '../inventory/select.ts'
import { Secret } from '../secrets/secret.ts'
import type { PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'
import type { Member } from './role.ts'

/** The hosts of a stage that this run works on, in the inventory's order, without those that have left it. */
export function hostsOf(
  stage: Stage,
  { inventory, limit, member }: Pick<PlayRun, 'inventory' | 'limit' | 'member'>,
  left: ReadonlySet<string> = limit,
): readonly string[] {
  const chosen =
    typeof stage.hosts === 'string'
      ? selectHosts(inventory, stage.hosts, { unknown: 'ignore' })
      : stage.hosts({ group: (name) => groupMembers(inventory, name).map((each) => inTheOpen(member(each))) })
  const within = chosen.filter((name) => limit.has(name) && left.has(name))
  return stage.runOnce === true || stage.anyOne === true ? within.slice(0, 1) : within
}

/** All hosts of a stage that this run may work on: also of one that chooses one of them. */
export function candidatesOf(
  stage: Stage,
  ground: Pick<PlayRun, 'inventory' | 'limit' | 'member'>,
): readonly string[] {
  return hostsOf({ ...stage, runOnce: false, anyOne: false }, ground)
}

/** A secret equals nothing, so that a choice by it would pass over the host; whoever asks for one here is told. */
function inTheOpen(member: Member): Member {
  const known = opened.get(member) ?? withoutSecrets(member)
  opened.set(member, known)
  return known
}

/** Every stage asks for all members again, of thousands of hosts. */
const opened = new WeakMap<Member, Member>()

function withoutSecrets(member: Member): Member {
  const secrets = Object.entries(member.vars).filter(([, value]) => value instanceof Secret)
  if (secrets.length === 0) return member
  const vars = { ...member.vars }
  for (const [name, secret] of secrets)
    Object.defineProperty(vars, name, {
      enumerable: false,
      get: () => {
        throw chosenBySecret(name, member.name, secret as Secret)
      },
    })
  return { ...member, vars }
}

function chosenBySecret(name: string, host: string, { source }: Secret): UserError {
  return new UserError(
    `${name} of ${host} is a secret (${source}), and the hosts of a stage are chosen by it.`,
    'Write it unencrypted: which hosts a run works on is no secret.',
  )
}
