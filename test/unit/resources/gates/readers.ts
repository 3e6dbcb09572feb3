import { execFile } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HostReader } from '../../../../lib/host/host.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { scratchFolder } from '../../../support/scratch.ts'

const usual = ['cat', 'grep', 'head', 'sed', 'sh', 'sleep', 'tail', 'timeout', 'tr', 'wc']
const busybox = '/usr/bin/busybox'

/** A host whose questions this machine answers, with these programs besides the usual and no others. */
function readerWith(programs: Readonly<Record<string, string>>): HostReader {
  const folder = scratchFolder()
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(folder, name))
  const host = new FakeHost('here')
  host.query = ({ text }) =>
    new Promise((resolve, reject) => {
      execFile('/bin/sh', ['-c', text], { env: { PATH: folder } }, (error, stdout, stderr) => {
        if (error !== null) reject(error)
        else resolve({ code: 0, stdout, stderr })
      })
    })
  return host
}

const own = Object.fromEntries(usual.map((name) => [name, `/usr/bin/${name}`]))

/** Hosts that have but one program to ask with, as far as this machine has it. */
export function readers(): ReadonlyMap<string, HostReader | undefined> {
  const has = (file: string, programs: Readonly<Record<string, string>>) =>
    existsSync(file) ? readerWith(programs) : undefined
  const busyboxes = Object.fromEntries([...usual, 'wget', 'nc'].map((name) => [name, busybox]))
  return new Map([
    ['curl', has('/usr/bin/curl', { ...own, curl: '/usr/bin/curl' })],
    ['wget', has('/usr/bin/wget', { ...own, wget: '/usr/bin/wget' })],
    ['busybox', has(busybox, busyboxes)],
  ])
}
