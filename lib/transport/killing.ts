import type { Connection } from './connection.ts'
import { type LaunchOptions, launch } from './launch.ts'
import { limits } from './limits.ts'
import { transfer } from './transfer.ts'

/** A process that was killed. */
export interface Victim {
  readonly name: string
  readonly pid: number
}

/**
 * Kills a process and all its descendants on the host, and says which they were; none if it had ended before.
 * With `parent`, only while it is a child of that one: so a process id that was given away again harms nobody.
 */
export async function kill(
  connection: Connection,
  pid: number,
  parent: number | undefined,
  options: LaunchOptions,
): Promise<readonly Victim[]> {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error('its process is not known')
  const code = `target=${pid};parent=${parent ?? ''}\n${killTree}`
  const { channel } = await launch(connection, code, { ...options, urgent: true })
  const output = await transfer(channel, { title: connection.title, outputBytes: limits.noiseBytes })
  return output.stdout
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, id, name] = /^(\d+) (.*)$/.exec(line) ?? []
      return id === undefined || name === undefined ? [] : [{ pid: Number(id), name }]
    })
}

/**
 * Without ps, whose options differ, and without a process of its own: each is stopped as it is found, so that none
 * can make another unseen, until no new one is found; then all are killed, the first one first. That one is stopped
 * only below a kept shell: sudo stops itself with its child, and would stay so.
 */
const killTree = `
found= rounds=0
while [ "$rounds" -lt 50 ]; do
  rounds=$((rounds + 1)) new=
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    pid=\${line%% *} rest=\${line##*) }
    state=\${rest%% *} rest=\${rest#* }
    ppid=\${rest%% *}
    [ "$state" != Z ] || continue
    case " $found $new " in *" $pid "*) continue ;; esac
    if [ "$pid" != "$target" ]; then
      case " $found $new " in *" $ppid "*) kill -STOP "$pid" 2>/dev/null || continue ;; *) continue ;; esac
    elif [ -n "$parent" ]; then
      [ "$ppid" = "$parent" ] && kill -STOP "$pid" || continue
    fi
    new="$new $pid"
  done
  [ -n "$new" ] || break
  found="$found$new"
done
for pid in $found; do
  { read -r name <"/proc/$pid/comm"; } 2>/dev/null || name=unknown
  echo "$pid $name"
done
[ -z "$found" ] || kill -KILL $found
`
