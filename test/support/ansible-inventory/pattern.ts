import type { Random } from '../fuzz/random.ts'
import { variableName } from './ini-text.ts'
import type { Shape } from './shape.ts'

/** A pattern of hosts of every kind, several of them with either separator. */
export function patternFor(random: Random, shape: Shape): string {
  const terms = Array.from(
    { length: random.pick([1, 1, 2, 3, 4]) },
    () => `${random.pick(['', '', '', '!', '&'])}${term(random, shape)}`,
  )
  return terms.join(random.pick([',', ',', ':', ', ', ' : ']))
}

function term(random: Random, shape: Shape): string {
  const name = random.once(2) ? shape.host() : shape.group()
  switch (random.below(9)) {
    case 0:
      return random.pick(['all', '*', 'ungrouped', 'all'])
    case 1:
      return `${random.pick([shape.group(), 'all', 'web*', 'h?'])}[${random.pick(['0', '-1', '1', '7', '0:1', '1:', '0:0', '2:1', '1:0', '0-1', '-9', '3:9'])}]`
    case 2:
      return random.pick([
        'web*',
        '*1',
        'h?',
        '*.example.com',
        '10.0.0.*',
        'db[ab]',
        'web0[!1]',
        'web[0-1]?',
        '[hw]*',
        '?',
        'web0[]1]',
        'h[2-1]',
        'D*',
        'x[!2-1]*',
        '*[^1]',
        'w*0*',
      ])
    case 3:
      return `~${random.pick(['web', 'eb', 'h[12]$', '(web|db).', '.*1$', 'web\\d+', '[^w]', '(?i)WEB', '(?P<x>h)1', 'h1\\Z', 'fe80'])}`
    case 5:
      return random.once(3) ? 'localhost' : name
    case 4:
      return name.slice(0, -1) || name
    default:
      return name
  }
}

/** A limit, which may also be a file of patterns. */
export function limitFor(random: Random, shape: Shape, write: (text: string) => string): string {
  if (!random.once(3)) return patternFor(random, shape)
  const lines = Array.from({ length: 1 + random.below(3) }, () =>
    random.pick([term(random, shape), shape.host(), `!${shape.host()}`, '', '# comment']),
  )
  const file = write(`${lines.join('\n')}\n${shape.host()}\n`)
  return random.once(2) ? `@${file}` : `@${file},${shape.host()}`
}

/** What stands behind one `-e`, in each of its forms. */
export function extraFor(random: Random, write: (text: string) => string): string {
  const name = variableName(random)
  return random.pick([
    () => `${name}=1 other=yes`,
    () => `${name}="a b" other='c'`,
    () => `${name}= x.y=a=b`,
    () => `${name}=false`,
    () => `${name}="{{ a b }}" other={{ c d }}`,
    () => `${name}=a\\tb other="x\\"y"`,
    () => `{"${name}": [1, 1e3, true, null]}`,
    () => `{${name}: yes, other: 010}`,
    () => `@${write(`${name}: [1, yes]\nother: 2020-01-01\n`)}`,
  ])()
}
