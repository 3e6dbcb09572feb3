import type { Secret } from '../secrets/secret.ts'
import type { Command } from './command.ts'
import type { ExecOptions, Host, HostReader, QueryOptions } from './host.ts'

export type Environment = Readonly<Record<string, string | Secret>>

/** As whom, and with what around them, the commands of a task run; all else is done by whom the host is worked on as. */
export interface Setting {
  readonly as?: string
  readonly env?: Environment
}

/** The same host, whose commands run in this setting unless they name another one. */
export function inSetting<H extends HostReader | Host>(host: H, { as, env }: Setting): H {
  if (as === undefined && env === undefined) return host
  const set = <O extends ExecOptions>(options: O): O => {
    const whose = options.as ?? as
    const all = { ...env, ...options.env }
    return { ...options, ...(whose === undefined ? {} : { as: whose }), env: all }
  }
  const ways: { readonly [name in keyof Host]?: Host[name] } = {
    query: (command: Command, options: QueryOptions = {}) => host.query(command, set(options)),
    exec: (command: Command, options: ExecOptions = {}) => (host as Host).exec(command, set(options)),
  }
  return new Proxy(host, {
    get(target, name) {
      const way = name in target ? Reflect.get(ways, name) : undefined
      const found: unknown = way ?? Reflect.get(target, name, target)
      // A host's own fields are private: its methods want the host itself.
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
}

/** What of a setting may be written down; a secret may not. */
export function writable({
  as,
  env,
}: Setting): Setting & { readonly env?: Readonly<Record<string, string>> } {
  const plain = Object.entries(env ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return {
    ...(as === undefined ? {} : { as }),
    ...(plain.length === 0 ? {} : { env: Object.fromEntries(plain) }),
  }
}

/** Two settings are one when this is the same. */
export function settingKey({ as, env }: Setting): string {
  const values = Object.entries(env ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : { secret: value.source },
  ])
  return JSON.stringify([as ?? null, values])
}
