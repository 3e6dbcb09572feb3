import { quote } from '../../lib/host/command.ts'
import { defineFact, type Fact } from '../../lib/host/fact.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import { programFolder, snapshotFolder } from './paths.ts'
import type { EtcdVars } from './vars.ts'

/** What stands in a snapshot. */
export interface SnapshotContent {
  readonly revision: number
  readonly totalKey: number
  readonly totalSize: number
}

/** What a snapshot is saved for; the last one for each stays on the host. */
export type Purpose = 'backup' | 'upgrade'

export function snapshotOf(purpose: Purpose, run: string): string {
  return `${snapshotFolder}/${purpose}-${run}.db`
}

/** What is told of a snapshot, beside it. */
export function aboutOf(file: string): string {
  return `${file}.json`
}

/** Shell code: saves a snapshot; it has its name only once it was found to be whole. */
export function saveScript(vars: EtcdVars, ctl: string, purpose: Purpose, run: string): string {
  const file = snapshotOf(purpose, run)
  const [to, half] = [quote(file), quote(`${file}.half`)]
  return `set -eu
umask 077
mkdir -p ${snapshotFolder}
rm -f ${snapshotFolder}/*.half ${snapshotFolder}/*.part
${ctl} snapshot save ${half} > /dev/null
${wholeScript(half)}
${tellScript(vars, half)} > ${quote(aboutOf(file))}
mv -f ${half} ${to}
for each in ${snapshotFolder}/${purpose}-*.db; do [ "$each" = ${to} ] || rm -f "$each" "$each.json"; done`
}

/** Shell code: a snapshot ends with the SHA-256 of all that stands before; one that was cut or altered fails. */
export function wholeScript(file: string): string {
  return `size=$(stat -c %s ${file})
if [ $((size % 512)) -ne 32 ]; then echo "${file} is cut: it does not end with a checksum" >&2; exit 1; fi
said=$(tail -c 32 ${file} | od -An -v -tx1 | tr -d ' \\n')
made=$(head -c $((size - 32)) ${file} | sha256sum | cut -d ' ' -f 1)
if [ "$said" != "$made" ]; then echo "${file} is altered: its checksum is another one" >&2; exit 1; fi`
}

/** Shell code: what stands in it, as JSON. Since 3.5 that is a program of its own. */
function tellScript(vars: EtcdVars, file: string): string {
  const folder = programFolder(vars)
  return `if [ -x ${folder}/etcdutl ]; then ${folder}/etcdutl snapshot status ${file} -w json
else ETCDCTL_API=3 ${folder}/etcdctl snapshot status ${file} -w json; fi`
}

/** What was told of a snapshot when it was saved. */
export function contentOf(file: string): Fact<SnapshotContent> {
  return defineFact(`what stands in ${file}`, async (host) => {
    const [told] = await host.readFiles([aboutOf(file)])
    if (told === undefined) throw new NotYet(`There is no snapshot ${file} on ${host.name}.`)
    const { revision, totalKey, totalSize } = JSON.parse(told.toString()) as SnapshotContent
    return { revision, totalKey, totalSize }
  })
}
