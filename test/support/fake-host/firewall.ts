import type { Answer } from '../../../lib/host/host.ts'
import { changer, reader, refused, said, type Program, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'
import { kernelRules, nft } from './nft.ts'
import type { FakeSystemd } from './systemd.ts'

const defaultZone = 'public'
const ufwRules = { v4: '/etc/ufw/user.rules', v6: '/etc/ufw/user6.rules' } as const

/** firewalld, ufw and nft as far as opening ports goes; what they know stands in their files. */
export function firewallPrograms(files: FakeFiles, systemd: FakeSystemd): Programs {
  return ([program, ...rest]): Program | undefined => {
    if (program === 'firewall-cmd') return firewallCmd(files, systemd, rest)
    if (program === 'ufw') return changer(() => ufw(files, rest))
    if (program === 'sh' && rest[1]?.startsWith('nft ') === true)
      return reader(() => said(files.read(kernelRules) ?? ''))
    if (program === 'nft') return changer(({ stdin }) => nft(files, rest, stdin))
    return undefined
  }
}

/** Where a zone's lines stand: `port 22/tcp`, `rule …`. */
export function zoneFile(zone: string, permanent: boolean): string {
  return `${permanent ? '/etc/firewalld/zones' : '/run/firewalld'}/${zone}`
}

function firewallCmd(files: FakeFiles, systemd: FakeSystemd, words: readonly string[]): Program {
  const valueOf = (option: string) =>
    words.flatMap((word) => (word.startsWith(`${option}=`) ? word.slice(option.length + 1) : []))
  const [zone = defaultZone] = valueOf('--zone')
  const path = zoneFile(zone, words.includes('--permanent'))
  const known = () => (files.read(path) ?? '').split('\n').filter((line) => line !== '')
  const answer = (work: () => Answer) => {
    if (systemd.active('firewalld.service') !== 'active') return refused('FirewallD is not running', 252)
    return files.get(path) === undefined ? refused(`Error: INVALID_ZONE: ${zone}`, 112) : work()
  }
  if (words.includes('--list-all')) {
    return reader(() =>
      answer(() => {
        const ports = known().flatMap((line) => (line.startsWith('port ') ? line.slice(5) : []))
        const rules = known().filter((line) => line.startsWith('rule '))
        return said(
          [
            `${zone} (active)`,
            '  target: default',
            '  services: ssh',
            `  ports: ${ports.join(' ')}`,
            '  rich rules: ',
            ...rules.map((rule) => `\t${rule}`),
            '',
          ].join('\n'),
        )
      }),
    )
  }
  return changer(() =>
    answer(() => {
      const gone = [
        ...valueOf('--remove-port').map((port) => `port ${port}`),
        ...valueOf('--remove-rich-rule'),
      ]
      const come = [...valueOf('--add-port').map((port) => `port ${port}`), ...valueOf('--add-rich-rule')]
      const left = known().filter((line) => !gone.includes(line))
      files.write(
        path,
        [...new Set([...left, ...come])]
          .toSorted()
          .map((line) => `${line}\n`)
          .join(''),
      )
      return said('success\n')
    }),
  )
}

/** `ufw disable`, `ufw --force enable`, or `ufw [delete | insert N] ACTION proto P from F to T port N`, with the addresses of one family. */
function ufw(files: FakeFiles, words: readonly string[]): Answer {
  const [verb] = words
  const config = '/etc/ufw/ufw.conf'
  const toggled = words.includes('enable') ? 'yes' : verb === 'disable' ? 'no' : undefined
  if (toggled !== undefined) {
    files.write(config, (files.read(config) ?? '').replace(/^ENABLED=.*/m, `ENABLED=${toggled}`))
    return said('')
  }
  const start = verb === 'delete' ? 1 : verb === 'insert' ? 2 : 0
  const actions = words.slice(start, words.indexOf('proto'))
  const [, protocol, , from = 'any', , to = 'any', , port] = words.slice(words.indexOf('proto'))
  const family = `${from}${to}`.includes('::') ? 'v6' : 'v4'
  const every = family === 'v6' ? '::/0' : '0.0.0.0/0'
  const place = (address: string) => (address === 'any' ? every : address)
  const tuple = [protocol, port, place(to), 'any', place(from), 'in'].join(' ')
  const line = `### tuple ### ${actions.join('_')} ${tuple}`
  const linesOf = (path: string) => (files.read(path) ?? '').split('\n').filter((each) => each !== '')
  const lines = linesOf(ufwRules[family])
  const at = lines.findIndex((each) => each.endsWith(` ${tuple}`))
  const position = Number(words[1]) - 1 - (family === 'v6' ? linesOf(ufwRules.v4).length : 0)
  if (verb === 'insert' && position >= lines.length) return refused(`ERROR: Invalid position '${words[1]}'`)
  const after =
    verb === 'delete'
      ? lines.filter((each) => each !== line)
      : at >= 0
        ? lines.with(at, line)
        : lines.toSpliced(verb === 'insert' ? position : lines.length, 0, line)
  files.write(ufwRules[family], after.map((each) => `${each}\n`).join(''))
  return said('Rule added\n')
}
