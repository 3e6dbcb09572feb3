import { quote } from '../host/command.ts'
import type { Installation, Installing } from './installation.ts'

export const removedWithinMs = 10 * 60_000

/** Tells what of it is there, a line each: a word, then which. */
export function readScript(installation: Installation): string {
  return `${functions(installation)}
for each in $(units); do echo "unit $each"; done
for each in $(family); do echo "process $each"; done
mounts | sed 's/^/mount /'
for each in $(links); do echo "link $each"; done
echo "rules $(rules)"
paths | sed 's/^/path /'
true`
}

/** What stands at the top of a disk, and stays there. */
const ofOthers = `! -name lost+found ! -name 'set-aside-*'`

/** Takes all of it away, in an order in which nothing holds up what comes next. */
export function removeScript(installation: Installation): string {
  return removing(installation, '')
}

/** As `removeScript`, but sets aside what nobody can make again, and says where. */
export function setAsideScript(installing: Installing): string {
  const { from, folders } = installing.keeps
  return removing(
    installing,
    `from=${quote(from)}
aside=set-aside-$(date +%Y%m%dT%H%M%S)
if mountpoint -q "$from"; then aside=$from/$aside; else aside=$from-$aside; fi
for each in ${folders.map(quote).join(' ')}; do
  [ -d "$from/$each" ] && [ -n "$(ls -A "$from/$each")" ] || continue
  (umask 077; mkdir -p -- "$aside") && mv -- "$from/$each" "$aside" || exit 1
  echo "$from/$each is kept as $aside/$each"
done`,
  )
}

function removing(installation: Installation, setAside: string): string {
  const { rules = [] } = installation
  return `${functions(installation)}
set -u
for each in $(units); do systemctl disable --now "$each" || systemctl stop "$each" || exit 1; systemctl reset-failed "$each" 2> /dev/null; done
for look in 1 2 3 4 5 6 7 8 9 10; do
  each=$(family)
  [ -n "$each" ] || break
  kill -9 $each 2> /dev/null
  sleep 0.2
done
mounts | tac | while read -r each; do
  each=$(printf '%b' "$each")
  timeout 20 umount -- "$each" 2> /dev/null || umount -l -- "$each"
  case $each in /run/netns/*) rm -f -- "$each" ;; esac
done
if [ -n "$(mounts)" ]; then
  echo "These are still mounted, so nothing was removed:" >&2
  mounts >&2
  exit 1
fi
for each in $(links); do ip link delete "$each" || [ ! -e "/sys/class/net/$each" ] || exit 1; done
${rules.length === 0 ? '' : removeRules(rules)}
${setAside}
paths | while read -r each; do
  if mountpoint -q "$each"; then
    find "$each" -mindepth 1 -maxdepth 1 ${ofOthers} -exec rm -rf --one-file-system -- {} +
  else
    rm -rf --one-file-system -- "$each"
  fi
done
${parents(installation)}
true`
}

/** What both scripts ask; each function prints a line for a thing. */
function functions({
  units,
  programs = [],
  mounts = [],
  links = [],
  rules = [],
  ...rest
}: Installation): string {
  // The rules are asked by the programs of the installation itself where the system has none.
  return `PATH=$PATH:/usr/sbin:/sbin${programs.map((folder) => `:${quote(`${folder}/data/current/bin/aux`)}`).join('')}
units() {
  for each in ${units.map(quote).join(' ')}; do
    case $(systemctl show -p ActiveState --value "$each"):$(systemctl show -p UnitFileState --value "$each") in
      inactive:enabled | inactive:enabled-runtime) echo "$each" ;;
      inactive:* | failed:disabled | failed:) ;;
      *) echo "$each" ;;
    esac
  done
}
family() {
  ${programs.length === 0 ? ':' : familyOf(programs)}
}
mounts() {
  while read -r id parent device root each rest; do
    ${caseOf('$each', mounts, 'printf "%s\\n" "$each"')}
  done < /proc/self/mountinfo
}
links() {
  for each in /sys/class/net/*; do
    each=\${each##*/}
    ${caseOf('$each', links, 'echo "$each"')}
  done
}
rules() {
  sum=0
  ${rules.length === 0 ? '' : countRules(rules)}
  echo "$sum"
}
paths() {
  for each in ${(rest.paths ?? []).map(globOf).join(' ')}; do
    [ -e "$each" ] || [ -L "$each" ] || continue
    # What is mounted there is not ours to take away; what stands in it is.
    if mountpoint -q "$each" && [ -z "$(find "$each" -mindepth 1 -maxdepth 1 ${ofOthers})" ]; then continue; fi
    printf '%s\\n' "$each"
  done
  for each in ${(rest.emptied ?? []).map(quote).join(' ')}; do
    if [ -d "$each" ] && ! mountpoint -q "$each" && [ -z "$(ls -A "$each")" ]; then printf '%s\\n' "$each"; fi
  done
}`
}

/** Those whose program stands below, and all that they started, containers too. */
function familyOf(programs: readonly string[]): string {
  return `roots=
  for each in /proc/[0-9]*; do
    program=$(readlink "$each/exe" 2> /dev/null) || continue
    ${caseOf(
      '$program',
      programs.map((folder) => `${folder}/*`),
      'roots="$roots ${each#/proc/}"',
    )}
  done
  [ -z "$roots" ] || cat /proc/[0-9]*/status 2> /dev/null | awk -v roots="$roots" '
    /^Pid:/ { pid = $2 }
    /^PPid:/ { parent[pid] = $2 }
    END {
      count = split(roots, each, " ")
      for (i = 1; i <= count; i++) seen[each[i]] = 1
      do {
        more = 0
        for (pid in parent) if (!(pid in seen) && (parent[pid] in seen)) { seen[pid] = 1; more = 1 }
      } while (more)
      for (pid in seen) print pid
    }'`
}

function caseOf(word: string, patterns: readonly string[], then: string): string {
  return patterns.length === 0 ? ':' : `case ${word} in ${patterns.map(globOf).join(' | ')}) ${then} ;; esac`
}

const tables = `nft list tables 2> /dev/null`

function countRules(rules: readonly string[]): string {
  const mark = quote(rules.join('|'))
  return `for each in iptables ip6tables; do
    command -v "$each-save" > /dev/null || continue
    sum=$((sum + $("$each-save" 2> /dev/null | grep -cE ${mark})))
  done
  if command -v nft > /dev/null; then sum=$((sum + $(${tables} | grep -cE ' (kube-proxy|flannel-ipv[46])$'))); fi`
}

function removeRules(rules: readonly string[]): string {
  const mark = quote(rules.join('|'))
  return `for each in iptables ip6tables; do
  command -v "$each-save" > /dev/null || continue
  # Read to its end before anything is put back: half of the rules would be worse than all.
  saved=$("$each-save" 2> /dev/null) || exit 1
  printf '%s\\n' "$saved" | grep -qE ${mark} || continue
  printf '%s\\n' "$saved" | grep -vE ${mark} | "$each-restore" || exit 1
done
if command -v nft > /dev/null; then
  ${tables} | grep -E ' (kube-proxy|flannel-ipv[46])$' | while read -r table; do nft delete $table || exit 1; done
fi`
}

function parents({ emptied = [] }: Installation): string {
  if (emptied.length === 0) return ''
  return `for each in ${emptied.map(quote).join(' ')}; do
  if [ -d "$each" ] && ! mountpoint -q "$each" && [ -z "$(ls -A "$each")" ]; then rmdir -- "$each"; fi
done`
}

/** A pattern of the shell in which only * is one. */
function globOf(pattern: string): string {
  return pattern
    .split('*')
    .map((text) => (text === '' ? '' : quote(text)))
    .join('*')
}
