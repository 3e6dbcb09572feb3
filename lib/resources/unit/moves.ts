import { setTimeout as pause } from 'node:timers/promises'
import { noProgram, sh } from '../../host/command.ts'
import { CommandFailed, type Host } from '../../host/host.ts'
import type { Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { unsure, writeStamps } from './stamps.ts'
import { activeOf, show, stampPath, type RunningState } from './state.ts'

/** A daemon that says nothing when it is ready has to stay for so long to count as running. */
const staysMs = 1_000
/** `status` of what does not run, and `journalctl` where there is none, are answers too. */
const anyAnswer = [0, 1, 2, 3, 4, 5, noProgram]

/** Brings a unit from one state to another. */
export async function moveUnit(host: Host, name: string, { from, to }: Change<RunningState>): Promise<void> {
  if (from.reload && !to.reload) await host.exec(sh`systemctl daemon-reload`)
  if (from.enabled !== to.enabled) await setEnabled(host, name, to.enabled)
  if (to.active === 'active' && from.active !== 'active') return start(host, name, { from, to })
  if (to.active === 'inactive') return stop(host, name, { from, to })
  if (from.active !== 'active') return
  if (!same(from.took, to.took)) await restart(host, name, from, to)
  else if (!same(from.reloaded, to.reloaded)) {
    await stamp(host, name, { ...to, reloaded: unsure(from.reloaded, to.reloaded) })
    await carryOut(host, 'reload', name)
    await stamp(host, name, to)
  }
}

async function setEnabled(host: Host, name: string, enabled: string): Promise<void> {
  if (enabled === 'enabled') await host.exec(sh`systemctl enable -- ${name}`)
  if (enabled === 'disabled') await host.exec(sh`systemctl disable -- ${name}`)
}

/** Nobody knows what it runs on while it restarts, so the stamps say so until it is done. */
async function restart(host: Host, name: string, from: Stamped, to: Stamped): Promise<void> {
  const took = unsure(from.took, to.took)
  await stamp(host, name, { took, reloaded: unsure(from.reloaded, to.reloaded) })
  await restartNow(host, name)
  await stamp(host, name, to)
}

/** Restarts a unit, and fails with what it says of itself where it does not stay up. */
export async function restartNow(host: Host, name: string): Promise<void> {
  await carryOut(host, 'restart', name)
  await stayUp(host, name)
}

/** What a unit has taken up. */
type Stamped = Pick<RunningState, 'took' | 'reloaded'>

/** Who was killed after the unit had stopped has left its stamps behind. */
async function stop(host: Host, name: string, { from, to }: Change<RunningState>): Promise<void> {
  if (from.active !== 'inactive') await carryOut(host, 'stop', name)
  const { took, reloaded } = to
  if (from.active !== 'inactive' || !same({ took, reloaded }, { took: from.took, reloaded: from.reloaded })) {
    await stamp(host, name, to)
  }
}

async function start(host: Host, name: string, { from, to }: Change<RunningState>): Promise<void> {
  // In the midst of starting it may have read its files already: only a restart is sure to take them up.
  if (from.active !== 'inactive') return restart(host, name, { took: {}, reloaded: {} }, to)
  await writeStamps(host, stampPath(name), { took: to.took, reloaded: to.reloaded })
  await carryOut(host, 'start', name)
  await stayUp(host, name)
  await stamp(host, name, to)
}

/** Notes what it has taken up, and which start of it that was. */
export async function stamp(host: Host, name: string, { took, reloaded }: Stamped): Promise<void> {
  const [unit] = await show(host, [name])
  const start = unit === undefined || unit.InvocationID === '' ? {} : { id: unit.InvocationID }
  const empty = Object.keys(took).length + Object.keys(reloaded).length === 0
  await writeStamps(host, stampPath(name), empty ? {} : { took, reloaded, start })
}

async function carryOut(
  host: Host,
  verb: 'start' | 'stop' | 'restart' | 'reload',
  name: string,
): Promise<void> {
  const unit = sh`${name}`.text
  // systemd refuses a unit that was started often within seconds; what is ordered is no unit that keeps dying.
  const anew = verb === 'start' || verb === 'restart' ? `systemctl reset-failed -- ${unit} 2>/dev/null; ` : ''
  try {
    await host.exec({ text: `${anew}systemctl ${verb} -- ${unit}` }, { job: `unit:${name}` })
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    throw await failure(host, name, `"systemctl ${verb}" failed`, error)
  }
}

async function stayUp(host: Host, name: string): Promise<void> {
  const [first] = await show(host, [name])
  if (first === undefined || activeOf(first) !== 'active') throw await failure(host, name, gone(first?.Type))
  if (first.Type !== 'simple' && first.Type !== 'exec') return
  await pause(staysMs)
  const [later] = await show(host, [name])
  if (later === undefined || activeOf(later) !== 'active')
    throw await failure(host, name, 'it ended right after it started')
}

function gone(type: string | undefined): string {
  return type === 'oneshot'
    ? 'it is a oneshot that ended, so it can never count as started; let RemainAfterExit=yes stand in it, or use a command'
    : 'it does not run, though systemd accepted the start'
}

/** With what the unit says of itself. */
async function failure(host: Host, name: string, what: string, cause?: Error): Promise<TaskFailed> {
  const [status, journal] = await Promise.all([
    host.query(sh`systemctl status --no-pager -n 0 -- ${name}`, { ok: anyAnswer }),
    host.query(sh`journalctl --no-pager -o cat -n 20 -u ${name}`, { ok: anyAnswer }),
  ])
  const evidence = [status.stdout.trimEnd(), 'Its last words:', journal.stdout.trimEnd()].join('\n')
  return new TaskFailed(`${name} does not run on ${host.name}: ${what}.\n${evidence}`, {
    advice: `Put right what it says, or look further with: journalctl -u ${name}`,
    ...(cause === undefined ? {} : { cause }),
  })
}
