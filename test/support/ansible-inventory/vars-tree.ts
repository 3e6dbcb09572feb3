import type { Random } from '../fuzz/random.ts'
import { variableName } from './ini-text.ts'
import type { Shape } from './shape.ts'
import { yamlVariables } from './yaml-text.ts'

/** `group_vars` and `host_vars` as they may stand beside an inventory or a playbook, with what is not to be read. */
export function varsTree(random: Random, shape: Shape, write: (name: string, text: string) => void): void {
  const groups = ['all', 'ungrouped', ...shape.groups].filter(() => random.once(3))
  const hosts = shape.hosts.filter(() => random.once(4))
  for (const name of groups) entry(random, `group_vars/${name}`, write)
  for (const name of hosts) entry(random, `host_vars/${name}`, write)
}

function entry(random: Random, path: string, write: (name: string, text: string) => void): void {
  const text = () => yamlVariables(random)
  switch (random.below(6)) {
    case 0:
      return write(path, text())
    case 1:
      return write(`${path}.json`, jsonVariables(random))
    case 2:
      write(`${path}.yaml`, text())
      return random.once(2) ? write(`${path}.yml`, text()) : undefined
    case 3:
      for (const file of [
        'a.yml',
        'b/c',
        'b/d.json',
        'z.yaml',
        '.no.yml',
        'no~',
        'no.txt',
        'd.d/no.yml',
        'e.bak',
      ])
        if (random.once(2)) write(`${path}/${file}`, file.endsWith('json') ? jsonVariables(random) : text())
      return random.once(3) ? write(`${path}.yml`, text()) : undefined
    default:
      return write(`${path}.yml`, text())
  }
}

function jsonVariables(random: Random): string {
  const numbers = [
    '1e3',
    '1E-7',
    '1.0',
    '-0',
    '12',
    '0.5',
    '"1e3"',
    'true',
    'null',
    '[1, {"a": 2e2}]',
    '"\\/"',
    '"\\u00e9"',
  ]
  const lines = [...new Set(random.many(3, () => variableName(random)))].map(
    (name) => `"${name}": ${random.pick(numbers)}`,
  )
  return `{${lines.join(',\n\t')}}\n`
}
