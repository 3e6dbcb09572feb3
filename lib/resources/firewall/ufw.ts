import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import type { Change } from '../../task/kind.ts'
import type { Json } from '../../task/state.ts'
import type { Family, FirewallRef, UfwState } from './state.ts'

/** What ufw stands on. `systemctl` says that it is inactive while it is active, and the program takes long to ask. */
export const ufwFiles = [
  '/etc/ufw/ufw.conf',
  '/etc/default/ufw',
  '/etc/ufw/user.rules',
  '/etc/ufw/user6.rules',
] as const

type Texts = readonly (string | undefined)[]

const anywhere = { v4: '0.0.0.0/0', v6: '::/0' } as const

/** What its files say of the ports; undefined where it is not active. */
export function ufwState([config, defaults, rules4, rules6]: Texts, ref: FirewallRef): UfwState | undefined {
  if (!isUfwEnabled(config)) return undefined
  const families = familiesOf(ref, /^IPV6=["']?yes\b/im.test(defaults ?? ''))
  const all = [...tuplesIn(rules4), ...tuplesIn(rules6)]
  const found = families.flatMap((family) => {
    return ref.ports.flatMap((port) => {
      const index = all.findIndex(({ rule }) => rule === tupleFor(ref, port, family))
      return index < 0 ? [] : [{ key: `${port} ${family}`, action: all[index]?.action ?? '', at: index + 1 }]
    })
  })
  const by = <T extends Json>(value: (rule: (typeof found)[number]) => T): Readonly<Record<string, T>> => {
    return Object.fromEntries(found.map((rule) => [rule.key, value(rule)]))
  }
  return { is: 'ufw', rules: by(({ action }) => action), families, hint: by(({ at }) => at) }
}

/** Whether its configuration says that it is active; then it is, from the boot on. */
export function isUfwEnabled(config = ''): boolean {
  return /^ENABLED=["']?yes\b/im.test(config)
}

/** Every port open, without a rule that is taken for one already being made anew. */
export function opened(state: UfwState, ref: FirewallRef): UfwState {
  const rules = keysOf(state, ref).map((key) => {
    const action = state.rules[key]
    return [key, action !== undefined && lets(action) ? action : 'allow']
  })
  return { ...state, rules: Object.fromEntries(rules) as UfwState['rules'] }
}

/** Without a rule that opens one; what refuses stays. */
export function unopened(state: UfwState): UfwState {
  const left = Object.entries(state.rules).filter(([, action]) => !lets(action))
  return { ...state, rules: Object.fromEntries(left) }
}

/** One command a rule: ufw takes no more. One that is there in another sense is replaced where it stands. */
export async function moveUfw(host: Host, ref: FirewallRef, { from, to }: Change<UfwState>): Promise<void> {
  for (const key of keysOf(to, ref)) {
    const [before, after] = [from.rules[key], to.rules[key]]
    if (before === after) continue
    const rule = ruleFor(ref, key)
    if (after !== undefined) await addRule(host, [...after.split('_'), ...rule], before, to.hint?.[key])
    else if (before !== undefined) await host.exec(sh`ufw delete ${before.split('_')} ${rule}`)
  }
}

/** A rule that was deleted goes back to where it stood, as long as there is such a place. */
async function addRule(
  host: Host,
  rule: readonly string[],
  before: string | undefined,
  at: number | undefined,
): Promise<void> {
  if (before === undefined && at !== undefined) {
    const { code } = await host.exec(sh`ufw insert ${at} ${rule}`, { ok: [0, 1] })
    if (code === 0) return
  }
  await host.exec(sh`ufw ${rule}`)
}

function familiesOf({ from }: FirewallRef, ipv6: boolean): readonly Family[] {
  if (from !== null) return [from.family === 'ipv4' ? 'v4' : 'v6']
  return ipv6 ? ['v4', 'v6'] : ['v4']
}

function keysOf({ families }: UfwState, { ports }: FirewallRef): readonly string[] {
  return families.flatMap((family) => ports.map((port) => `${port} ${family}`))
}

/** ufw keeps what it was told in comments: `### tuple ### allow tcp 6443 0.0.0.0/0 any 10.0.0.0/24 in`. */
function tuplesIn(text = ''): readonly { readonly action: string; readonly rule: string }[] {
  return [...text.matchAll(/^### tuple ### (\S+) (.*?)(?: comment=\w*)?$/gm)].map(
    ([, action = '', rule = '']) => {
      return { action, rule }
    },
  )
}

function tupleFor({ protocol, from }: FirewallRef, port: string, family: Family): string {
  const every = anywhere[family]
  return [protocol, port.replace('-', ':'), every, 'any', from?.text ?? every, 'in'].join(' ')
}

function ruleFor({ protocol, from }: FirewallRef, key: string): readonly string[] {
  const [port = '', family = 'v4'] = key.split(' ')
  const to = from === null ? anywhere[family as Family] : 'any'
  return ['proto', protocol, 'from', from?.text ?? 'any', 'to', to, 'port', port.replace('-', ':')]
}

function lets(action: string): boolean {
  return /^(?:allow|limit)(?:_|$)/.test(action)
}
