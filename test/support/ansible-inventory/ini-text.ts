import type { Random } from '../fuzz/random.ts'
import type { Shape } from './shape.ts'

/** Every row of the table of typing, and what comes near to one. */
const values =
  `1|-5|0x10|0o17|0b11|1_000|1e3|1.5|1.0|-0.25|1e-7|.5|010|56_L|~|yes|true|no|False|True|None|null|[1,2]|[1, "a", [2.5]]|(1,2)|(1)|()|{}|[]|{1: "a", "b": None}|{"a": {"b": [1]}}|'text'|"text"|"'1'"|'"1"'|u'x'|r'a\\n'|'a\\tb'|'a' 'b'|a=b|a b|a"b|-|--|1,2|1 + 1|text # comment|8080 # comment|a#b|#|;|/etc/x|{{ other }}|{"a": true}|[a, b]|99999999999999999999|1.2.3|2020-01-01|v1.34.2+k3s1|10.0.0.0/8|"quoted" tail|é|'é'|  spaced  |\\\\|C:\\\\x|a\\ b|1 2|0|00|-0|+5|1__0|1_|0x|1e|.|...x|'''t'''|"""t"""|"a`.split(
    '|',
  )
const names = [
  'v1',
  'v2',
  'v3',
  'v4',
  'ansible_user',
  'ansible_host',
  'ansible_port',
  'ansible_password',
  'k.dotted',
  'with-dash',
]

/** A variable's name; few, so that levels shadow each other. */
export function variableName(random: Random): string {
  return random.pick(names)
}

/** An inventory in INI that reaches each rule of the notation. */
export function iniText(random: Random, shape: Shape): string {
  const declared = new Set<string>()
  const lines = [...hostLines(random, shape, 3)]
  for (let sections = random.below(7); sections > 0; sections--) {
    const kind = random.below(5)
    const kin = shape.kinship()
    if (kind <= 2) {
      const group = shape.group()
      declared.add(group)
      lines.push(`[${group}]${random.pick(['', '', ' ', ' # comment'])}`, ...hostLines(random, shape, 4))
    } else if (kind === 3 && kin !== undefined) {
      for (const each of kin) declared.add(each)
      const [parent, child] = kin
      const section = [`[${parent}:children]`, `${child}${random.pick(['', ' # comment'])}`]
      lines.push(...(random.once(2) ? [...section, `[${child}]`] : [`[${child}]`, ...section]))
    } else {
      const group = random.once(3) ? 'all' : shape.group()
      if (group !== 'all') declared.add(group)
      const vars = [`[${group}:vars]`, ...groupVariables(random)]
      const section = group === 'all' ? [] : [`[${group}]`]
      lines.push(...(random.once(2) ? [...vars, ...section] : [...section, ...vars]))
    }
    if (random.once(4)) lines.push(random.pick(['', '# comment', '; comment', '   ']))
  }
  return lines.map((line) => (random.once(12) ? `  ${line}\t` : line)).join(random.once(8) ? '\r\n' : '\n')
}

function hostLines(random: Random, shape: Shape, most: number): readonly string[] {
  return random.many(most, () => {
    const pattern = shape.pattern()
    const port = random.once(8) && !pattern.includes(':') ? ':2222' : ''
    const written = random.once(15) ? `"${pattern}"` : pattern
    const vars = random.many(3, () => `${variableName(random)}=${hostValue(random)}`)
    return [written + port, ...vars, ...(random.once(8) ? ['# comment'] : [])].join(
      random.once(6) ? '   ' : ' ',
    )
  })
}

/** On a line of a host white space needs quotes. */
function hostValue(random: Random): string {
  const value = random.pick(values)
  if (!/[\s"'\\]/.test(value)) return value
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`
  return value.includes("'") ? 'plain' : `'${value}'`
}

function groupVariables(random: Random): readonly string[] {
  const priority = random.once(3)
    ? [`ansible_group_priority=${random.pick(['1', '2', '10', '"5"', '-1'])}`]
    : []
  return [
    ...priority,
    ...random.many(
      4,
      () => `${variableName(random)}${random.pick(['=', ' = ', '= '])}${random.pick(values)}`,
    ),
  ]
}
