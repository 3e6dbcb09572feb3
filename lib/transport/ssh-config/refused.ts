import { Unreachable } from '../errors.ts'

/** A setting of ssh_config that cannot be followed: passing over it might lead to another host than is meant. */
export function refusedSetting(place: string, problem: string, options?: ErrorOptions): Unreachable {
  return new Unreachable(
    'settings',
    `${place}: ${problem}`,
    'Correct it there, or let Troupe read another file: ansible_ssh_common_args="-F FILE" (-F none reads none).',
    options,
  )
}
