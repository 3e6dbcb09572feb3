import type { Random } from '../fuzz/random.ts'
import { variableName } from './ini-text.ts'
import type { Shape } from './shape.ts'

const values = [
  1,
  1.5,
  1e3,
  -7,
  'text',
  'yes',
  '1',
  true,
  null,
  [1, 'a'],
  { a: { b: [true] } },
  '',
  1e-7,
  'é',
]

/** A program that prints hosts, with their variables under `_meta`, or each when it is asked for it. */
export function scriptText(random: Random, shape: Shape): string {
  const variables = () =>
    Object.fromEntries(random.many(3, () => [variableName(random), random.pick(values)] as const))
  const hosts = [...new Set(random.many(3, () => shape.host()))]
  const groups = shape.groups.slice(0, 3).map((name, index) => {
    const children = random.once(3) ? shape.groups.slice(index + 1, 3) : []
    const whole = { hosts, vars: variables(), children }
    return [
      name,
      random.pick<unknown>([whole, whole, hosts, { children }, { hosts: [shape.host()] }]),
    ] as const
  })
  const told = Object.fromEntries([...shape.hosts].map((host) => [host, variables()]))
  const meta = random.once(3) ? {} : { _meta: { hostvars: told } }
  const list = JSON.stringify({ ...Object.fromEntries(groups), ...meta }, null, random.pick([0, 2]))
  return `#!/bin/sh
if [ "$1" = --host ]; then echo '{"asked": "'"$2"'"}'; exit; fi
cat <<'END'
${list}
END
`
}
