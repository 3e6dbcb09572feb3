import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { LabHost } from '../lab/host.ts'

/** How the run came out that a fault befell. */
export type Outcome = 'completed' | 'failed' | 'unreachable' | 'refused' | 'killed' | 'interrupted'

/** Something that befalls a host, or the process that works on it, in the midst of a run. */
export interface Fault {
  readonly title: string
  /** What may come of it. Whatever does, the next run completes. */
  readonly mayBecome: readonly Outcome[]
  /** What takes too long to be done in the midst of a phase. */
  prepare?(host: LabHost): Promise<unknown>
  /** Befalls; what is over by itself is awaited. */
  befall(host: LabHost, child: ChildProcess | undefined): Promise<void>
  /** Puts right what the fault left, once the run has ended. */
  heal?(host: LabHost): Promise<void>
}

/** Longer than the patience that the runs have. */
export const patienceSeconds = 12
const withinPatienceMs = 6_000

export const faults: readonly Fault[] = [
  {
    title: 'cable cut, and back within the patience',
    mayBecome: ['completed'],
    async befall(host) {
      await host.cutNetwork()
      await pause(withinPatienceMs)
      await host.restoreNetwork()
    },
  },
  {
    title: 'cable cut for good',
    mayBecome: ['unreachable'],
    befall: (host) => host.cutNetwork(),
    heal: (host) => host.restoreNetwork(),
  },
  {
    title: 'power cut, and back within the patience',
    mayBecome: ['completed'],
    async befall(host) {
      await host.powerOff()
      await host.powerOn()
    },
  },
  {
    title: 'power cut for good',
    mayBecome: ['unreachable'],
    befall: (host) => host.powerOff(),
    heal: (host) => host.powerOn(),
  },
  { title: 'reboot from inside', mayBecome: ['completed'], befall: (host) => host.reboot() },
  {
    title: 'frozen, and thawed within the patience',
    mayBecome: ['completed'],
    async befall(host) {
      await host.freeze()
      await pause(withinPatienceMs)
      host.thaw()
    },
  },
  {
    title: 'frozen for good',
    mayBecome: ['unreachable'],
    befall: (host) => host.freeze(),
    heal: async (host) => host.thaw(),
  },
  {
    title: 'every ssh connection killed',
    mayBecome: ['completed'],
    async befall(host) {
      // The listening sshd, named by its path, stays; this very connection is one of those that go.
      await host.run(`pkill -f '^sshd(-session)?: [a-z]'`).catch(() => undefined)
      host.disconnect()
    },
  },
  {
    title: 'disk full',
    mayBecome: ['completed', 'failed', 'refused'],
    prepare: (host) =>
      host.must('head -c "$(( $(df -B1 --output=avail / | tail -n 1) - 2000000 ))" /dev/zero > /most'),
    async befall(host) {
      await host.fillDisk('/')
      // What the file system held back for that one file is there for small ones.
      await host.must(
        'mkdir -p /.small; i=0; while echo full > /.small/$i; do i=$((i + 1)); done 2>/dev/null; true',
      )
    },
    async heal(host) {
      await host.freeDisk('/')
      await host.must('rm -rf /most /.small')
    },
  },
  {
    title: 'controller killed',
    mayBecome: ['killed'],
    befall: async (_, child) => void child?.kill('SIGKILL'),
  },
  {
    title: 'interrupted once',
    mayBecome: ['interrupted', 'completed'],
    befall: async (_, child) => void child?.kill('SIGINT'),
  },
]
