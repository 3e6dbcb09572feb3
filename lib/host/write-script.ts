import { quote } from './command.ts'
import type { Footing } from './footing.ts'
import type { Hash, WriteOptions } from './host.ts'
import { beforeImage, placeOf, quotedPath, temporaryBeside, type OurPaths } from './paths.ts'

/** How new content comes into the temporary file. */
export type Source =
  | { readonly bytes: Buffer }
  /** A before-image of the host itself. */
  | { readonly copy: Hash }
  /** It stands there already, sent on a channel of its own. */
  | { readonly sent: number }

/**
 * Puts content at a path so that a reader sees the old or the new, never half, and keeps what stood there.
 * Mode and owner are right before the first byte is there.
 */
export function writeScript(path: string, source: Source, options: WriteOptions, footing: Footing): string {
  const { paths } = footing
  const target = quotedPath(path)
  const temporary = quotedPath(temporaryBeside(path))
  const folder = quotedPath(path.slice(0, path.lastIndexOf('/')) || '/')
  return [
    ...(options.was === undefined ? [] : [preserveScript(options.was, `cat -- ${target}`, paths)]),
    `t=${temporary}`,
    `fail() { rm -f -- "$t"; exit 1; }`,
    ...('sent' in source ? [] : [`[ ! -e "$t" ] || rm -f -- "$t"`, newFile(folder, options, footing)]),
    fill(source, paths),
    `[ "$(wc -c < "$t")" -eq ${lengthOf(source, paths)} ] || { echo "The disk of ${path} took only a part of it." >&2; fail; }`,
    `${takePlace('"$t"', target)} || fail`,
  ].join('\n')
}

/** Makes the temporary file with its mode and owner, still empty. */
export function newFile(folder: string, { mode, owner, group }: WriteOptions, { worker }: Footing): string {
  const steps = [`umask 077; : > "$t" || fail`]
  const own = quote(`${owner}:${group}`)
  // In a folder that passes its group on, or for another user than the one at work, the owner has to be set.
  const chown = `chown ${own} -- "$t" || fail`
  steps.push(
    owner === worker.owner && group === worker.group
      ? `[ -O "$t" ] && [ ! -g ${folder} ] || ${chown}`
      : chown,
  )
  if (mode !== 0o600) steps.push(`chmod ${mode.toString(8)} -- "$t" || fail`)
  return steps.join('\n')
}

/** Keeps the output of a command as the before-image with this hash, unless it is kept already. */
export function preserveScript(hash: Hash, produce: string, paths: OurPaths): string {
  const kept = imageOf(hash, paths)
  return [
    `if [ ! -e ${kept} ]; then`,
    `  (umask 077; mkdir -p -- ${quote(paths.before)} && ${produce} > ${kept}.new && mv -f -- ${kept}.new ${kept}) ||`,
    `    { rm -f -- ${kept}.new; echo 'What stands there cannot be kept, so nothing was changed.' >&2; exit 1; }`,
    `fi`,
  ].join('\n')
}

/** Prints bytes by what the shell has built in, so that they stand in no process list. */
export function printScript(bytes: Buffer): string {
  if (bytes.length === 0) return ':'
  const text = bytes.toString()
  const isText = !bytes.includes(0) && Buffer.from(text).equals(bytes)
  return isText ? `printf %s ${quote(text)}` : `base64 -d <<'TROUPE'\n${bytes.toString('base64')}\nTROUPE`
}

/** Read to its end before it begins, so that nothing in it reads on where the shell does. */
export function wholeScript(script: string): string {
  return `{\n${script}\n} < /dev/null\n`
}

function fill(source: Source, paths: OurPaths): string {
  if ('sent' in source) return ':'
  if ('copy' in source) return `cat -- ${imageOf(source.copy, paths)} > "$t" || fail`
  const print = printScript(source.bytes)
  const [command, ...document] = print.split('\n')
  return print.startsWith('base64')
    ? `${command} > "$t" || fail\n${document.join('\n')}`
    : `${print} > "$t" || fail`
}

function lengthOf(source: Source, paths: OurPaths): string {
  if ('sent' in source) return String(source.sent)
  if ('copy' in source) return `"$(wc -c < ${imageOf(source.copy, paths)})"`
  return String(source.bytes.length)
}

function imageOf(hash: Hash, paths: OurPaths): string {
  return quote(placeOf(beforeImage(hash), paths))
}

/** Moves what is new over what stood there; both are shell words. busybox does not move over a link to a folder. */
export function takePlace(fresh: string, target: string): string {
  const again = `if [ -h ${target} ] && [ -d ${target} ]; then rm -f -- ${target}; fi && mv -fT -- ${fresh} ${target}`
  return `{ mv -fT -- ${fresh} ${target} 2>/dev/null || { ${again}; }; }`
}
