import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ContactLost, TimedOut, Unreachable } from '../transport/errors.ts'
import type { Output, Session } from '../transport/session.ts'
import { CommandFailed } from './host.ts'

/** Another one with each boot. */
export const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** What booting needs of its host. */
export interface BootingHost {
  readonly name: string
  readonly session: Pick<Session, 'patiently' | 'contact'>
  readonly run: (script: string) => Promise<Output>
}

/** A host was told to boot and did not go down. */
export class StillUp extends Error {
  override readonly name = 'StillUp'
  readonly advice = 'Look at what holds it up, with "systemctl list-jobs", then go on with --resume.'
}

const order = 'if [ -d /run/systemd/system ]; then systemctl reboot; else reboot; fi'
/** The boot, and whether it is through: systemd says `starting` until then. */
const look = `cat ${bootIdPath} && if [ -d /run/systemd/system ]; then systemctl is-system-running; fi; :`
const lookEveryMs = 500

/** Boots a host anew and returns when it answers again and is through with booting. */
export async function bootAnew(host: BootingHost, deadlineMs: number): Promise<void> {
  const { id: before } = await lookAt(host)
  if (before === ownBootId()) throw isThisMachine(host.name)
  const until = performance.now() + deadlineMs
  await host.session.patiently(deadlineMs, async () => {
    let ordered = await unlessLost(host, () => giveOrder(host))
    for (;;) {
      const now = await unlessLost(host, () => lookAt(host))
      const late = performance.now() > until
      // Something that never comes up is for what comes after to find.
      if (now !== undefined && now.id !== before && (now.isThrough || late)) return
      if (late && now?.id === before) {
        throw new StillUp(`${host.name} was told to boot anew and is still up ${deadlineMs / 1000} s later.`)
      }
      // Contact was lost with the order, and nobody knows whether the host has heard it.
      if (now?.id === before && ordered === undefined) {
        ordered = await unlessLost(host, () => giveOrder(host))
      }
      await pause(lookEveryMs)
    }
  })
}

async function giveOrder({ name, run }: BootingHost): Promise<true> {
  const { code, stdout, stderr } = await run(order)
  const answer = { code, stdout: stdout.toString(), stderr: stderr.toString() }
  if (code !== 0) throw new CommandFailed(name, { text: order }, answer)
  return true
}

async function lookAt({ name, run }: BootingHost): Promise<{ id: string; isThrough: boolean }> {
  const { stdout, stderr } = await run(look)
  const [id = '', state = ''] = stdout.toString().trim().split('\n')
  if (id !== '') return { id, isThrough: state !== 'starting' && state !== 'initializing' }
  throw new Error(`${name} does not tell its boots apart: ${bootIdPath} cannot be read: ${stderr.toString()}`)
}

/** What a step comes to; when contact is lost in it, waits until there is contact again. */
async function unlessLost<T>({ name, session }: BootingHost, step: () => Promise<T>): Promise<T | undefined> {
  try {
    try {
      return await step()
    } catch (error) {
      if (error instanceof TimedOut) return undefined
      if (!(error instanceof ContactLost)) throw error
      await session.contact()
      return undefined
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    throw new Unreachable(
      error.reason,
      `${name} was told to boot anew. ${error.message}`,
      'Look at its console. Once it is up, go on with --resume: it is not booted a second time.',
      { cause: error },
    )
  }
}

function ownBootId(): string | undefined {
  try {
    return readFileSync(bootIdPath, 'utf8').trim()
  } catch {
    return undefined
  }
}

function isThisMachine(name: string): Error {
  return new Error(
    `${name} is the machine that this run runs on, or shares its kernel: booted anew, it would take the run along. ` +
      'Run the playbook from another machine, or reboot this one by hand and go on with --resume.',
  )
}
