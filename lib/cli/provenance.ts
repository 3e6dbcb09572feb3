import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Commit, Job, RunRecord } from '../state/run-record.ts'
import { version } from './version.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Who runs with what, as far as it costs nothing to know. */
export function provenance(env: Env = process.env): Pick<RunRecord, 'user' | 'versions' | 'job'> {
  const job = jobOf(env)
  return {
    user: userInfo().username,
    versions: { troupe: version(), node: process.versions.node },
    ...(job === undefined ? {} : { job }),
  }
}

/** The CI job that this process runs in, and who started it. */
export function jobOf(env: Env): Job | undefined {
  const gitlab = { url: env['CI_JOB_URL'], user: env['GITLAB_USER_LOGIN'] }
  const jenkins = { url: env['BUILD_URL'], user: env['BUILD_USER_ID'] }
  const { url, user } = env['GITLAB_CI'] === undefined ? jenkins : gitlab
  if (url === undefined || (env['GITLAB_CI'] === undefined && env['JENKINS_URL'] === undefined))
    return undefined
  return user === undefined ? { url } : { url, user }
}

const run = promisify(execFile)
const patienceMs = 10_000

/** The commit that a playbook stands in; undefined without git, or outside a repository. */
export async function commitOf(playbookFile: string): Promise<Commit | undefined> {
  const git = async (...words: readonly string[]) => {
    // Looking must not write: whoever works in the repository meanwhile needs its lock.
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
    const options = { cwd: dirname(playbookFile), env, timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 }
    return (await run('git', words, options)).stdout
  }
  try {
    const [id, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')])
    return { id: id.trim(), dirty: status.trim() !== '' }
  } catch {
    return undefined
  }
}
