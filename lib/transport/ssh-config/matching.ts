import { spawn } from 'node:child_process'
import { Turns } from '../turns.ts'
import { anyMatches } from '../patterns.ts'

/** What the criteria of a `Match` are asked about. */
export interface Candidate {
  /** As it is known by now: a `HostName` above counts. */
  readonly host: string
  readonly originalHost: string
  readonly user: string
  readonly localUser: string
  /** The files are read a second time. */
  readonly final: boolean
  readonly fill: (command: string) => string
}

/** A criterion that is not understood: whether the section holds cannot be told. */
export class UnknownCriterion extends Error {
  override readonly name = 'UnknownCriterion'
}

/** Whether a section that begins with `Match` and these words holds. */
export async function matchHolds(words: readonly string[], candidate: Candidate): Promise<boolean> {
  let holds = true
  // As on any line of ssh_config, an equals sign may stand for the space.
  const rest = words.flatMap((word) => /^(!?[a-z]+)=(.+)$/i.exec(word)?.slice(1) ?? [word])
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, negation, name = ''] = /^(!?)(.*)$/.exec(word.toLowerCase()) ?? []
    const argument = alone.has(name) ? '' : rest.shift()
    if (argument === undefined) throw new UnknownCriterion(`"Match ${word}" needs something to compare with.`)
    // A command is run only where all before it holds.
    if (!holds && name === 'exec') continue
    if ((await criterion(name, argument, candidate)) === (negation === '!')) holds = false
  }
  return holds
}

/** Whether any section asks for a second reading. */
export function asksForFinal(words: readonly string[]): boolean {
  return words.some((word) => /^!?final$/i.test(word))
}

const alone = new Set(['all', 'final', 'canonical'])

async function criterion(name: string, argument: string, candidate: Candidate): Promise<boolean> {
  const list = argument.split(',')
  if (name === 'all') return true
  if (name === 'final' || name === 'canonical') return candidate.final
  if (name === 'host') return anyMatches(lower(list), candidate.host.toLowerCase())
  if (name === 'originalhost') return anyMatches(lower(list), candidate.originalHost.toLowerCase())
  if (name === 'user') return anyMatches(list, candidate.user)
  if (name === 'localuser') return anyMatches(list, candidate.localUser)
  if (name === 'exec') return succeeds(candidate.fill(argument))
  throw new UnknownCriterion(
    `"Match ${name}" is not understood: write host, originalhost, user, localuser, exec or final.`,
  )
}

function lower(list: readonly string[]): readonly string[] {
  return list.map((pattern) => pattern.toLowerCase())
}

const answers = new Map<string, Promise<boolean>>()
const turns = new Turns(8)

/** Whether a command of `Match exec` ends with 0; the same one is asked once in the life of this process. */
function succeeds(command: string): Promise<boolean> {
  const answer = answers.get(command) ?? run(command)
  answers.set(command, answer)
  return answer
}

async function run(command: string): Promise<boolean> {
  const end = await turns.take()
  try {
    const child = spawn(process.env['SHELL'] || '/bin/sh', ['-c', command], { stdio: 'ignore' })
    return await new Promise((resolve) => {
      child.once('error', () => resolve(false))
      child.once('close', (code) => resolve(code === 0))
    })
  } finally {
    end()
  }
}
