import type { Random } from '../fuzz/random.ts'
import { variableName } from './ini-text.ts'
import type { Shape } from './shape.ts'

const values =
  `1|-5|0x10|0o17|0b11|1_000|1e3|1.5e+3|1.5|1.0|-0.25|010|08|~|null|yes|No|true|FALSE|on|y|1:30|190:20:30|"1"|'yes'|[1, 2, "a", ~]|[a, [b, {c: 1}]]|{a: 1, b: {c: yes}}|{}|[]|text|two words|a=b|"tab\\tx"|'it''s'|2020-01-01|v1.2.3|1.2.3|10.0.0.0/8|"{{ other }}"|99999999999999999999|!!str 5|é|"\\u00e9"|*base|1_2.5|+5|.5|1.|1e-7|"a # b"|a#b|0.00001|1e+20|""|''`.split(
    '|',
  )

/** A map of variables in YAML, in one of its notations. */
export function yamlVariables(random: Random, indent = ''): string {
  const names = [...new Set(random.many(4, () => variableName(random)))]
  const lines = names.map((name) => {
    const value = random.pick(values)
    if (random.once(15)) return `${indent}${name}: |\n${indent}  one\n${indent}  two`
    if (random.once(15)) return `${indent}${name}:\n${indent}  - 1\n${indent}  - a: b`
    return `${indent}${name}: ${value === '*base' ? 'base' : value}${random.once(10) ? ' # comment' : ''}`
  })
  if (lines.length > 0 && random.once(8))
    lines.push(`${indent}merged:`, `${indent}  <<: {a: 1, b: 2}`, `${indent}  b: 3`)
  return lines.map((line) => `${line}\n`).join('')
}

/** An inventory in YAML, as Ansible's plugin of that name reads it. */
export function yamlText(random: Random, shape: Shape): string {
  const groups = [...new Set(random.many(3, () => shape.group()))]
  const tops = random.once(2) ? groups : []
  const inside = tops.length > 0 ? [] : groups
  const all = ['all:', ...groupLines(random, shape, 'all', inside, '  ')]
  const text = [
    ...(random.once(4) ? ['---'] : []),
    ...all,
    ...tops.flatMap((name) => [`${name}:`, ...groupLines(random, shape, name, [], '  ')]),
  ]
  return `${text.join('\n')}\n`
}

function groupLines(
  random: Random,
  shape: Shape,
  name: string,
  children: readonly string[],
  indent: string,
): readonly string[] {
  const hosts = [...new Set(random.many(3, () => shape.pattern()))]
  const kin = name === 'all' ? undefined : shape.groups.slice(shape.groups.indexOf(name) + 1)
  const own =
    children.length > 0 || kin === undefined || kin.length === 0 || random.once(2)
      ? children
      : [random.pick(kin)]
  const sections = [
    hosts.length === 0
      ? []
      : [`${indent}hosts:`, ...hosts.flatMap((host) => hostLines(random, host, `${indent}  `))],
    own.length === 0
      ? []
      : [
          `${indent}children:`,
          ...own.flatMap((child) => [
            `${indent}  ${child}:`,
            ...groupLines(random, shape, child, [], `${indent}    `),
          ]),
        ],
    random.once(2) ? [] : section(`${indent}vars:`, yamlVariables(random, `${indent}  `)),
  ]
  return (random.once(2) ? sections : sections.toReversed()).flat()
}

function hostLines(random: Random, host: string, indent: string): readonly string[] {
  const key = /[[:]/.test(host) ? `"${host}"` : host
  return random.once(2)
    ? [`${indent}${key}:`]
    : section(`${indent}${key}:`, yamlVariables(random, `${indent}  `))
}

function section(head: string, body: string): readonly string[] {
  return body === '' ? [head] : [head, body.trimEnd()]
}
