import type { Fact } from '../host/fact.ts'

const mark = Symbol('asked')

/** A fact of a host standing for its answer inside a spec; asked when the resource is read. */
export interface Asked<T> {
  readonly [mark]: true
  readonly host: string
  readonly fact: Fact<T>
}

/** The answer of another host as a value; typed as the answer, since a spec takes either. */
export function ask<T>(host: string, fact: Fact<T>): T {
  const asked: Asked<T> = { [mark]: true, host, fact }
  return asked as unknown as T
}

/** A value that is told by its check to be right, unless it is still to be asked for: then its kind checks it. */
export function checkedIfKnown<T>(value: T, check: (value: T) => T): T {
  return isAsked(value) ? value : check(value)
}

/** Replaces every asked value in a spec by its answer. */
export async function answered(
  value: unknown,
  answer: (asked: Asked<unknown>) => Promise<unknown>,
): Promise<unknown> {
  if (isAsked(value)) return answer(value)
  if (!holdsAsked(value)) return value
  if (Array.isArray(value)) return Promise.all(value.map((item) => answered(item, answer)))
  const entries = Object.entries(value as object).map(async ([key, item]) => [
    key,
    await answered(item, answer),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

/** Whether an answer of another host is part of this value; only plain objects and arrays are looked into. */
function holdsAsked(value: unknown): boolean {
  if (isAsked(value)) return true
  if (Array.isArray(value)) return value.some(holdsAsked)
  return isPlain(value) && Object.values(value).some(holdsAsked)
}

/** Whether a value is the answer of a host that is still to be asked for. */
export function isAsked<T>(value: T): value is T & Asked<T> {
  return typeof value === 'object' && value !== null && mark in value
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
