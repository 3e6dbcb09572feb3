import { basename } from 'node:path/posix'
import { proxyFor, type ArtifactOrder, type ArtifactSettings } from '../../artifacts/index.ts'
import { quote } from '../../host/command.ts'
import type { Attributes } from '../../host/host.ts'
import { ourPaths, quotedPath, temporaryBeside } from '../../host/paths.ts'
import { reveal, Secret } from '../../secrets/secret.ts'
import { milliseconds } from '../../vars/duration.ts'
import type { Hint } from './order.ts'

interface PullOptions extends Pick<ArtifactSettings, 'attempts' | 'stall'> {
  readonly attributes: Attributes
}

/** The lines by which curl and wget learn what no process list may show: `ADDRESS-NUMBER TOOL LINE`. */
export function pullInput(urls: readonly string[], { url, settings, authorization }: ArtifactOrder): Secret {
  const { http, https, no } = settings.proxy
  const lines = urls.flatMap((address, index) => {
    const target = new URL(address)
    const proxy = proxyFor(target, { http, https, no })
    const own = target.origin === new URL(url).origin
    const header = authorization !== undefined && own ? `Authorization: ${reveal(authorization)}` : undefined
    const configured = http !== undefined || https !== undefined
    const byTool = {
      curl: [
        ...(proxy === undefined
          ? configured
            ? [`noproxy = "*"`]
            : []
          : [`proxy = ${inQuotes(proxy.href)}`]),
        ...(header === undefined ? [] : [`header = ${inQuotes(header)}`]),
      ],
      wget: [
        ...(proxy === undefined
          ? configured
            ? ['use_proxy = off']
            : []
          : ['use_proxy = on', `http_proxy = ${proxy.href}`, `https_proxy = ${proxy.href}`]),
        ...(header === undefined ? [] : [`header = ${header}`]),
      ],
      // It knows proxies from its environment only, and that can be listed.
      busybox: [
        ...(proxy === undefined || proxy.password !== '' ? [] : [`proxy ${proxy.href}`]),
        ...(proxy?.password || header !== undefined ? ['refused'] : []),
      ],
    }
    return Object.entries(byTool).flatMap(([tool, some]) => some.map((line) => `${index} ${tool} ${line}`))
  })
  return new Secret(`${lines.join('\n')}\n`, `the settings of a download from ${new URL(url).host}`)
}

/** Fetches with what the host has, goes on with a part where it can, and puts the file in place once it is right. */
export function pullScript(path: string, { sha256, urls }: Hint, options: PullOptions): string {
  const { attempts, stall, attributes } = options
  const seconds = Math.ceil(milliseconds(stall) / 1000)
  const { mode, owner, group } = attributes
  return `umask 077
p=${quotedPath(path)} t=${quotedPath(temporaryBeside(path))} n=${quote(basename(path))} want=${sha256}
side=${ourPaths.passing}/download-$want
config=$(cat)
mkdir -p ${ourPaths.passing}
[ ! -h "$t" ] || rm -f -- "$t"
: > "$side.said"
leave() { rm -f -- "$side".*; exit "$1"; }
give_up() { rm -f -- "$t"; echo "$1" >&2; cat "$side.said" >&2; leave 1; }
size() { [ ! -e "$t" ] || wc -c < "$t" | tr -d ' '; }
lines() { printf '%s\\n' "$config" | sed -n "s|^$1 $2 ||p"; }
right() { [ -e "$t" ] || return 1; sum=$(sha256sum < "$t" | cut -c 1-64); [ "$sum" = $want ]; }
if command -v curl > /dev/null; then tool=curl
elif ! command -v wget > /dev/null; then give_up 'There is neither curl nor wget there: install one of them, or set artifacts.delivery to push.'
elif wget --help 2>&1 | grep -q BusyBox; then tool=busybox
else tool=wget; fi

fetch_curl() {
  lines "$1" curl | curl --config - --fail --location --silent --show-error --connect-timeout ${seconds} \\
    --speed-limit 1 --speed-time ${seconds} --continue-at - --dump-header "$side.head" --output "$t" -- "$2"
  code=$?
  if [ $code = 23 ]; then echo 'No space left' >&2; fi
  # What cannot be gone on with is begun anew.
  if [ $code = 33 ] || grep -q '^HTTP/[0-9.]* 416' "$side.head"; then rm -f -- "$t"; fi
  return $code
}
fetch_wget() {
  had=$(size)
  lines "$1" wget > "$side.wgetrc"
  wget --config="$side.wgetrc" --no-verbose --tries=1 --timeout=${seconds} --continue --output-document="$t" -- "$2"
  code=$?
  [ $code = 0 ] || [ "$had" != "$(size)" ] || rm -f -- "$t"
  return $code
}
fetch_busybox() {
  had=$(size)
  if [ "$(lines "$1" busybox)" = refused ]; then
    echo 'The wget of busybox would show a password in the list of processes.' >&2
    return 1
  fi
  proxy=$(lines "$1" busybox | sed -n 's/^proxy //p')
  # Its own time-out ends some builds of it with a crash.
  http_proxy=$proxy https_proxy=$proxy wget -q -c -O "$t" "$2" &
  echo $! > "$side.pid"
  wait $!
  code=$?
  rm -f -- "$side.pid"
  [ $code = 0 ] || [ "$had" != "$(size)" ] || rm -f -- "$t"
  return $code
}
far() {
  have=$(size) total=
  if [ -s "$side.head" ]; then
    total=$(tr -d '\\r' < "$side.head" | sed -n 's/^[Cc]ontent-[Rr]ange:.*\\///p;s/^[Cc]ontent-[Ll]ength: *//p' | sort -n | tail -n 1)
  fi
  if [ "\${total:-0}" -gt 0 ]; then echo "$((\${have:-0} * 100 / total)) %"; else echo "$((\${have:-0} / 1000000)) MB"; fi
}
attempt() {
  case "$final" in *" $1 "*) return 1 ;; esac
  : > "$side.head"
  fetch_$tool "$1" "$2" 2> "$side.err" &
  fetching=$!
  # By then the answer has begun, and says how much it is.
  sleep 0.2
  idle=0 seen=
  while kill -0 $fetching 2> /dev/null; do
    now=$(far)
    if [ "$(size)" = "$seen" ]; then idle=$((idle + 1)); else idle=0 seen=$(size); fi
    if [ $idle -ge ${seconds} ] && [ -e "$side.pid" ]; then
      echo "stalled at $now" >> "$side.err"
      kill "$(cat "$side.pid")"
    fi
    [ "$now" = "$told" ] || printf 'fetching %s: %s\\r' "$n" "$now"
    told=$now
    sleep 1
  done
  wait $fetching && return 0
  grep -q 'No space left' "$side.err" && give_up "There is no room for $p: the disk is full. What was fetched of it is gone again."
  if grep -qE '(error:|server returned error: HTTP/[0-9.]+|ERROR) (401|403|404|410)' "$side.err"; then final="$final $1 "; fi
  echo "  $2: $(tail -n 1 "$side.err")" >> "$side.said"
  return 1
}

told= round=0 final=
while ! right && [ $round -lt ${attempts} ] && [ "$(echo $final | wc -w)" -lt ${urls.length} ]; do
  [ $round = 0 ] || sleep $((round < 5 ? round : 5))
  round=$((round + 1))
${urls.map((url, index) => `  right || { attempt ${index} ${quote(url)} && { right || { rm -f -- "$t"; echo "  "${quote(url)}": wrong checksum: expected $want, got $sum" >> "$side.said"; }; }; }`).join('\n')}
done
right || give_up 'None of its addresses gave it:'
chown ${quote(`${owner}:${group}`)} -- "$t" && chmod ${mode.toString(8)} -- "$t" && mv -fT -- "$t" "$p" || give_up 'It was fetched, but cannot be put in place.'
leave 0`
}

/** A value of a configuration of curl. */
function inQuotes(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
