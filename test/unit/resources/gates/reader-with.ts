import { execFile } from 'node:child_process'
import type { HostReader } from '../../../../lib/host/host.ts'
import { FakeHost } from '../../../support/fake-host.ts'

/** A host whose questions this machine answers, with the programs of this folder and no others. */
export function readerWith(folder: string): HostReader {
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
