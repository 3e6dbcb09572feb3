import { sh } from '../../../lib/host/command.ts'
import { command, directory, download } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import type { Seen } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { links } from '../product.ts'

const folder = '/usr/local/lib/troupe'

/** Lets the script of the makers bring the program: fetched, checked, then run, and left to start nothing. */
export async function byScript(context: K3sContext, seen: Seen): Promise<readonly Resource[]> {
  const { vars, task, shared } = context
  const { product, version, part } = seen
  const { sha256, url } = vars.script
  if (sha256 === undefined) {
    throw new TaskFailed('k3s.method is script, and k3s.script.sha256 is not given.', {
      advice: 'Read the script that you trust, and give its checksum: sha256sum FILE.',
    })
  }
  const path = `${folder}/install-${product.name}.sh`
  const inChina = vars.mirrorProfile === 'cn'
  const script = await task(
    'Bring the script',
    directory({ path: folder }),
    download({
      path,
      url: url ?? (inChina ? product.inChina.script : product.script),
      sha256,
      mode: 0o700,
      artifacts: shared.artifacts,
    }),
  )
  const prefix = `INSTALL_${product.name.toUpperCase()}`
  const env = {
    [`${prefix}_VERSION`]: version,
    [`${prefix}_SKIP_ENABLE`]: 'true',
    [`${prefix}_SKIP_START`]: 'true',
    [`${prefix}_EXEC`]: part,
    [`${prefix}_TYPE`]: part,
    ...(inChina ? { [`${prefix}_MIRROR`]: 'cn' } : {}),
    ...githubOf(context),
  }
  return task(
    `Let the script bring ${product.name} ${version}`,
    ...script,
    command({
      title: `Install ${product.name} by its script`,
      run: sh`sh ${path}`,
      env,
      creates: product.program,
      timeout: '10m',
      // Not by the script's own uninstall, which takes along settings that others put there.
      undo: sh`
for each in ${links}; do [ "$(readlink "$each")" != ${product.name} ] || rm -f -- "$each"; done
rm -rf -- ${product.scriptLeaves(seen.unit)}
systemctl daemon-reload`,
    }),
  )
}

/** The script fetches by itself: a mirror of the whole of GitHub it can be told of. */
function githubOf({ shared }: K3sContext): Readonly<Record<string, string>> {
  const mirror = shared.artifacts.mirrors.find(({ from }) => from === 'https://github.com/')
  return mirror === undefined ? {} : { GITHUB_URL: `${mirror.to}k3s-io/k3s/releases` }
}
