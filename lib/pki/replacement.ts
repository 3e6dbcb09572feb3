import { UserError } from '../errors.ts'
import type { Phase } from './authority.ts'

/** What is done to replace an authority, one after the other; all hosts are brought up to date in between. */
export type Step = 'introduce' | 'switch' | 'drop'

/** What an authority is like, by the numbers of certificates. */
export type AuthorityState = {
  readonly is: 'authority'
  readonly phase: Phase
  readonly issuing: string
  readonly trusted: readonly string[]
}

/** A move between phases. */
export type Move = 'make' | 'introduce' | 'switch' | 'drop'

/** The moves that lead to where a step ends; none where it was taken already. */
export function movesFor(name: string, phase: Phase | 'none', step: Step | undefined): readonly Move[] {
  if (phase === 'none') {
    if (step === undefined) return ['make']
    throw notInTurn(name, step, 'there is none that could be replaced', 'Make it first: run without a step.')
  }
  // One that was cut short is ended in any case.
  if (phase === 'switching') return step === 'drop' ? ['switch', 'drop'] : ['switch']
  if (step === 'introduce') return phase === 'alone' ? ['introduce'] : []
  if (step === 'switch') {
    if (phase !== 'alone') return phase === 'introduced' ? ['switch'] : []
    throw notInTurn(name, step, 'no other one was introduced', 'Take the step introduce first, on all hosts.')
  }
  if (step === 'drop') {
    if (phase !== 'introduced') return phase === 'switched' ? ['drop'] : []
    throw notInTurn(
      name,
      step,
      'the newer one does not issue yet',
      'Take the step switch first, on all hosts.',
    )
  }
  return []
}

/** What an authority is after a move; `serial` is the number of one that comes along. */
export function after(state: AuthorityState | undefined, move: Move, serial: string): AuthorityState {
  if (state === undefined || move === 'make')
    return { is: 'authority', phase: 'alone', issuing: serial, trusted: [serial] }
  const { issuing, trusted } = state
  if (move === 'introduce') return { ...state, phase: 'introduced', trusted: [issuing, serial] }
  if (move === 'drop') return { ...state, phase: 'alone', trusted: [issuing] }
  const next = trusted.find((each) => each !== issuing) ?? issuing
  return { ...state, phase: 'switched', issuing: next, trusted: [next, issuing] }
}

function notInTurn(name: string, step: Step, why: string, advice: string): UserError {
  return new UserError(`The authority ${name} cannot ${step}: ${why}.`, advice)
}
