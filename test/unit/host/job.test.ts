import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { runJob, type JobHost } from '../../../lib/host/job.ts'
import { suite } from '../../support/suite.ts'

const test = suite('host/job')

/** A host on which a job is asked for, with what asking for it and for its code answers. */
function hostWhere(polls: readonly number[], code = '17\n'): JobHost {
  const left = [...polls]
  return {
    name: 'node1',
    jobs: '/run/troupe/jobs',
    contact: async () => undefined,
    onOutput: () => undefined,
    run: async (script) => ({
      code: script.includes('kill -0 "$p"') ? (left.shift() ?? 40) : 0,
      stdout: Buffer.from(script.endsWith('/code') ? code : ''),
      stderr: Buffer.alloc(0),
      dropped: 0,
    }),
  }
}

test('A job that goes on is asked for until it ends', async () => {
  assert.is((await runJob(hostWhere([43, 43, 40]), 'it', 'true', {})).code, 17)
})

test('A job that cannot be asked for is not asked for for ever', () =>
  rejects(
    () => runJob(hostWhere([43, 2, 2]), 'it', 'true', {}),
    /it cannot be followed on node1: .* ended with 2/,
  ))

test('A job whose code is not to be had was lost, and has not succeeded', async () => {
  for (const code of ['', 'x\n', '\0\0'])
    await rejects(() => runJob(hostWhere([40], code), 'it', 'true', {}), { name: 'ContactLost' })
})
