import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { linesOf } from '../text/text-lines.ts'
import { rulesetIn, type Ruleset } from './ruleset.ts'

/** The unit that loads the host's own rules, and what it loads. */
export interface NftablesUnit {
  readonly active: boolean
  readonly enabled: boolean
  /** Undefined where its file is not told by the command that it runs. */
  readonly file: string | undefined
  /** Whether it ends with a newline. */
  readonly ended: boolean
  /** What stands in the file, and in those that it includes. */
  readonly rules: Ruleset
}

export const nftablesService = 'nftables.service'

/** Reads it with its file: /etc/nftables.conf on Debian, /etc/sysconfig/nftables.conf on RHEL. */
export async function readNftablesUnit(host: HostReader): Promise<NftablesUnit> {
  const { stdout } = await host.query(
    sh`systemctl show -p ActiveState,UnitFileState,ExecStart ${nftablesService}`,
    { ok: [0, noProgram] },
  )
  const [, file] = /^ExecStart=.*? argv\[\]=\S*nft (?:.*? )?-f (\/\S+) /m.exec(stdout) ?? []
  const text = file === undefined ? '' : await contentOf(host, file)
  return {
    active: /^ActiveState=active$/m.test(stdout),
    enabled: /^UnitFileState=enabled$/m.test(stdout),
    file,
    ended: linesOf(text).ended,
    rules: rulesetIn(`${text}\n${await includedBy(host, text)}`),
  }
}

async function contentOf(host: HostReader, file: string): Promise<string> {
  const [content] = await host.readFiles([file])
  return content?.toString() ?? ''
}

/** Files in files are followed one level deep: a distribution's own file may do no more than name them. */
async function includedBy(host: HostReader, text: string): Promise<string> {
  const patterns = [...text.matchAll(/^\s*include\s+"([\w./*?[\]-]+)"/gm)].map(([, pattern]) => pattern ?? '')
  if (patterns.length === 0) return ''
  // The shell fills them in; there is nothing else in them that means something to it.
  const script = `cd /etc && cat ${patterns.join(' ')} 2>/dev/null`
  return (await host.query(sh`sh -c ${script}`, { ok: [0, 1] })).stdout
}
