import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path/posix'
import { fetchArtifact, progressTeller } from '../../artifacts/index.ts'
import { sh } from '../../host/command.ts'
import { CommandFailed, type Attributes, type Host } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { orderOf, type Hint } from './order.ts'
import { pullInput, pullScript } from './pull.ts'
import type { DownloadState } from './download.ts'

interface Delivery {
  readonly from: DownloadState
  readonly to: Attributes
  readonly hint: Hint
}

/** Puts what was ordered at a path, from the controller or by the host itself; what stands there is kept. */
export async function deliver(host: Host, path: string, { from, to, hint }: Delivery): Promise<void> {
  const order = await orderOf(host, hint)
  const { mode, owner, group } = to
  const attributes = { mode, owner, group }
  if (from.is === 'file') await host.preserve(from.hash, { path })
  if (order.settings.delivery === 'pull') {
    const text = pullScript(path, hint, { ...order.settings, attributes })
    const input = pullInput(hint.urls, order)
    await host.exec({ text }, { job: `download:${path}`, stdin: input }).catch(inWords(host, path))
    return
  }
  const tell = progressTeller(basename(path), (text) => host.say(text))
  const file = await fetchArtifact({ ...order, onProgress: tell })
  await host.upload(file, path, attributes).catch(noRoom(host, path, file))
}

/** The script says why it failed; the script itself is of no interest. */
function inWords(host: Host, path: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CommandFailed)) throw error
    const said = error.answer.stderr.trim() || `it ended with exit code ${error.answer.code} and said nothing`
    throw new TaskFailed(`${host.name} could not fetch ${path}: ${said}`, {
      advice: 'Look whether the host reaches these addresses, or set `artifacts.delivery` to push.',
    })
  }
}

function noRoom(host: Host, path: string, file: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof CommandFailed) || !/No space left|Disk quota/.test(error.answer.stderr))
      throw error
    const { size } = await stat(file)
    const { stdout } = await host.query(sh`df -Pk ${dirname(path)}`)
    const freeKiB = Number(stdout.trimEnd().split('\n').at(-1)?.trim().split(/\s+/)[3] ?? 0)
    throw new TaskFailed(
      `There is no room for ${path} on ${host.name}: it takes ${megabytes(size)}, ` +
        `and ${megabytes(freeKiB * 1024)} are free in ${dirname(path)}. What was sent of it is gone again.`,
      { advice: 'Make room there, or give the file another path.', cause: error },
    )
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`
}
