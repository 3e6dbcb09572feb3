import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { defineResource, type Change } from '../../task/kind.ts'
import { editFile } from '../text/text-lines.ts'

export type SelinuxMode = 'enforcing' | 'permissive' | 'disabled'

export type SelinuxArgs =
  /**
   * `disabled` holds from the next boot on, and makes an enforcing host permissive until then; a host on which it is
   * disabled comes into another mode by a boot, too.
   */
  | { readonly mode: SelinuxMode; readonly atMost?: never }
  /** What is less strict already stays so. */
  | { readonly atMost: 'permissive'; readonly mode?: never }

export type SelinuxState =
  /** A host that does not know it. */
  | { readonly is: 'no SELinux' }
  | {
      readonly is: 'SELinux'
      readonly live: SelinuxMode
      /** As /etc/selinux/config says; null where it says nothing. */
      readonly boot: string | null
    }

const paths = { enforce: '/sys/fs/selinux/enforce', config: '/etc/selinux/config' } as const
const setting = /^\s*SELINUX=\s*(\S*)\s*$/

/** The mode of SELinux, now as far as a running host takes it, and after a boot. */
export const selinux = defineResource('selinux', {
  make({ mode: given, atMost }: SelinuxArgs) {
    const mode = given ?? atMost
    if (!['enforcing', 'permissive', 'disabled'].includes(mode)) {
      throw new TypeError(`SELinux knows no mode ${JSON.stringify(mode)}.`)
    }
    return { key: 'mode', ref: null, spec: { mode, loosens: atMost !== undefined } }
  },

  async read(host, refs: readonly null[]) {
    const [enforce, config] = await host.readFiles([paths.enforce, paths.config])
    const state = stateOf(enforce?.toString(), config?.toString())
    return refs.map(() => state)
  },

  want(actual: SelinuxState, { mode, loosens }): SelinuxState {
    if (actual.is === 'no SELinux') return actual
    const { live, boot } = actual
    if (loosens) {
      const enforcing = (each: string | null) => each === 'enforcing'
      return { ...actual, live: enforcing(live) ? mode : live, boot: enforcing(boot) ? mode : boot }
    }
    if (live === 'disabled') return { ...actual, boot: mode }
    return { ...actual, boot: mode, live: mode === 'enforcing' ? mode : 'permissive' }
  },

  apply: moveSelinux,

  claim: () => [`path:${paths.config}#SELINUX`, 'selinux'],

  digest: (state) => (state.is === 'SELinux' ? `${state.live} ${state.boot}` : state.is),
})

function stateOf(enforce: string | undefined, config: string | undefined): SelinuxState {
  if (enforce === undefined && config === undefined) return { is: 'no SELinux' }
  const modes = (config ?? '').split('\n').flatMap((line) => setting.exec(line)?.[1] ?? [])
  const live = enforce === undefined ? 'disabled' : enforce.trim() === '1' ? 'enforcing' : 'permissive'
  return { is: 'SELinux', live, boot: modes.at(-1) ?? null }
}

async function moveSelinux(host: Host, _: null, { from, to }: Change<SelinuxState>): Promise<void> {
  if (from.is !== 'SELinux' || to.is !== 'SELinux') return
  if (from.boot !== to.boot) {
    await editFile(host, paths.config, ({ lines, ended }) => {
      const others = lines.filter((line) => !setting.test(line))
      const at = lines.findLastIndex((line) => setting.test(line))
      if (to.boot === null) return { lines: others, ended }
      const line = `SELINUX=${to.boot}`
      return { lines: at < 0 ? [...lines, line] : lines.with(at, line), ended: true }
    })
  }
  if (from.live === to.live || to.live === 'disabled') return
  await host.exec(sh`setenforce ${to.live === 'enforcing' ? 1 : 0}`)
}
