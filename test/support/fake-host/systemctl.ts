import type { Answer } from '../../../lib/host/host.ts'
import { changer, options, reader, refused, said, type Program, type Programs } from './answer.ts'
import type { FakeSystemd } from './systemd.ts'

/** The programs that speak to a service manager. */
export function systemctl(systemd: FakeSystemd): Programs {
  const readers: Readonly<
    Record<string, (names: readonly string[], properties: readonly string[]) => Answer>
  > = {
    show: (names, wanted) => {
      if (names.length === 0) return said(shown(wanted, (property) => systemd.managerProperty(property)))
      return said(names.map((name) => show(systemd, name, wanted)).join('\n'))
    },
    status: (names) => said(names.map((name) => `${name} is ${systemd.active(name)}\n`).join(''), 3),
    'is-active': (names) =>
      all(
        names.map((name) => systemd.active(name)),
        'active',
        3,
      ),
    'is-enabled': (names) =>
      all(
        names.map((name) => systemd.unitFiles.state(name) || 'not-found'),
        'enabled',
        1,
      ),
  }
  const changers = changesOf(systemd)

  return ([program, ...rest]): Program | undefined => {
    if (program === 'journalctl') return reader(() => said('the last thing that the unit said\n'))
    if (program !== 'systemctl') return undefined
    const { values, flags, rest: words } = options(rest, ['-p', '-n', '-o'])
    const [verb = '', ...given] = words
    const names = given.map((name) => (/\.[a-z]+$/.test(name) ? name : `${name}.service`))
    const read = readers[verb]
    if (read !== undefined) {
      const properties = values.get('-p') ?? values.get('--property') ?? ''
      return reader(() => read(names, properties.split(',')))
    }
    if (verb === 'list-unit-files') return reader(() => said(listed(systemd, given)))
    if (verb === 'daemon-reload' || verb === 'daemon-reexec')
      return changer(() => (systemd.daemonReload(), said('')))
    const change = changers[verb]
    if (change === undefined) return undefined
    return changer(() => {
      const changes = flags.has('--now')
        ? [change, changers[verb === 'enable' ? 'start' : 'stop'] ?? change]
        : [change]
      const answers = names.flatMap((name) => changes.map((each) => each(name)))
      return answers.find((answer) => typeof answer === 'object') ?? said('')
    })
  }
}

/** Per verb: what is refused, or undefined when it is done. */
function changesOf(systemd: FakeSystemd): Readonly<Record<string, (name: string) => Answer | void>> {
  const { unitFiles } = systemd
  const known = (name: string, act: () => void) => {
    if (!systemd.exists(name)) return refused(`Unit ${name} not found.`, 5)
    if (unitFiles.masked(name)) return refused(`Failed: Unit ${name} is masked.`)
    return act() as undefined
  }
  const begin = (name: string, act: () => boolean) => {
    let running = false
    const answer = known(name, () => void (running = act()))
    if (answer !== undefined || running) return answer
    return refused(`Job for ${name} failed because the control process exited with error code.`)
  }
  return {
    start: (name) => (systemd.active(name) === 'active' ? undefined : begin(name, () => systemd.start(name))),
    restart: (name) => begin(name, () => systemd.restart(name)),
    'try-restart': (name) => {
      return systemd.active(name) === 'active' ? begin(name, () => systemd.restart(name)) : undefined
    },
    stop: (name) => (systemd.exists(name) ? systemd.stop(name) : refused(`Unit ${name} not loaded.`, 5)),
    reload: (name) => {
      if (systemd.active(name) !== 'active') return refused(`${name} is not active, cannot reload.`)
      return known(name, () => systemd.reload(name))
    },
    enable: (name) =>
      unitFiles.path(name) === undefined ? missing(name) : known(name, () => unitFiles.enable(name)),
    disable: (name) =>
      unitFiles.path(name) === undefined ? missing(name) : known(name, () => unitFiles.disable(name)),
    mask: (name) => systemd.unitFiles.mask(name),
    unmask: (name) => systemd.unitFiles.unmask(name),
    'reset-failed': (name) => systemd.resetFailed(name),
  }
}

function listed({ unitFiles }: FakeSystemd, patterns: readonly string[]): string {
  const fits = (name: string) =>
    patterns.some((pattern) => (pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern))
  const names = unitFiles.names().filter(fits)
  return names.map((name) => `${name} ${unitFiles.state(name)} -\n`).join('')
}

function missing(name: string): Answer {
  return refused(`Failed: Unit file ${name} does not exist.`)
}

function show(systemd: FakeSystemd, name: string, wanted: readonly string[]): string {
  const masked = systemd.unitFiles.masked(name)
  const properties: Readonly<Record<string, string>> = {
    Id: name,
    LoadState: masked ? 'masked' : systemd.exists(name) ? 'loaded' : 'not-found',
    ActiveState: systemd.active(name),
    SubState: systemd.sub(name),
    UnitFileState: systemd.unitFiles.state(name),
    NeedDaemonReload: systemd.outdated(name) ? 'yes' : 'no',
    Type: systemd.daemon(name).type ?? 'notify',
    InvocationID: systemd.invocation(name),
    ExecStart: started(systemd.unitFiles.text(name) ?? ''),
  }
  return shown(wanted, (property) => properties[property])
}

function shown(wanted: readonly string[], valueOf: (property: string) => string | undefined): string {
  const lines = wanted.map((property) => {
    const value = valueOf(property)
    if (value === undefined) throw new Error(`The fake systemctl knows no property ${property}.`)
    return `${property}=${value}\n`
  })
  return lines.join('')
}

/** As systemd prints a command that it runs. */
function started(unit: string): string {
  const [, line = '', path = ''] = /^ExecStart=((\S+).*)$/m.exec(unit) ?? []
  return line === '' ? '' : `{ path=${path} ; argv[]=${line} ; ignore_errors=no ; pid=0 }`
}

function all(states: readonly string[], good: string, otherwise: number): Answer {
  return said(
    states.map((state) => `${state}\n`).join(''),
    states.every((state) => state === good) ? 0 : otherwise,
  )
}
