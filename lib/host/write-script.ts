import { quote } from './command.ts'
import type { Footing } from './footing.ts'
import type { Hash, Worker, WriteOptions } from './host.ts'
import { beforeImage, placeOf, quotedPath, temporaryBeside, type OurPaths } from './paths.ts'

/** How new content comes into the temporary file. */
export type Source =
  | { readonly bytes: Buffer }
  /** A before-image of the host itself. */
  | { readonly copy: Hash }
  /** It stands there already, sent on a channel of its own. */
  | { readonly sent: number }

/** Content that is to come to a path of the host. */
export interface Writing {
  readonly path: string
  readonly source: Source
  readonly options: WriteOptions
}

/**
 * Puts content at paths so that a reader of one sees the old or the new, never half, and keeps what stood there.
 * Mode and owner are right before the first byte is there. What many files need alike costs one fork for all of them.
 */
export function writeScript(files: readonly Writing[], footing: Footing): string {
  const { paths } = footing
  const fresh = files.filter(({ source }) => !('sent' in source))
  const kept = files.flatMap(({ path, options: { was } }) =>
    was === undefined ? [] : [preserveScript(was, `cat -- ${quotedPath(path)}`, paths)],
  )
  const lengths = files.map(({ source }) => lengthOf(source, paths)).join(' ')
  return [
    ...kept,
    `fail() { rm -f -- ${temporaries(files)}; exit 1; }`,
    ...(fresh.length === 0 ? [] : [newFiles(fresh, footing)]),
    ...fresh.map((file) => `t=${temporaries([file])}\n${fill(file.source, paths)}`),
    `[ "$(stat -c %s -- ${temporaries(files)})" = "$(printf '%s\\n' ${lengths})" ] ||`,
    `  { echo "The disk of "${namesOf(files)}" took only a part of it." >&2; fail; }`,
    ...files.map((file) => `${takePlace(temporaries([file]), quotedPath(file.path))} || fail`),
  ].join('\n')
}

/** Makes temporary files with their modes and owners, still empty. */
export function newFiles(files: readonly Omit<Writing, 'source'>[], { worker }: Footing): string {
  const own = ({ owner, group }: Worker | WriteOptions) => `${owner}:${group}`
  const chowns = groupedBy(files, own).map(([whose, some]) => {
    if (whose !== own(worker)) return `chown ${quote(whose)} -- ${temporaries(some)} || fail`
    // In a folder that passes its group on, or for another user than the one at work, the owner has to be set.
    return `for t in ${temporaries(some)}; do [ -O "$t" ] && [ ! -g "\${t%/*}" ] || chown ${quote(whose)} -- "$t" || fail; done`
  })
  const chmods = groupedBy(files, ({ mode }) => mode.toString(8)).flatMap(([mode, some]) =>
    mode === '600' ? [] : [`chmod ${mode} -- ${temporaries(some)} || fail`],
  )
  return [
    `umask 077`,
    `for t in ${temporaries(files)}; do [ ! -e "$t" ] || rm -f -- "$t"; : > "$t" || fail; done`,
    ...chowns,
    ...chmods,
  ].join('\n')
}

function groupedBy<F extends Omit<Writing, 'source'>>(
  files: readonly F[],
  keyOf: (options: WriteOptions) => string,
): readonly (readonly [string, readonly F[]])[] {
  const keys = [...new Set(files.map(({ options }) => keyOf(options)))]
  return keys.map((key) => [key, files.filter(({ options }) => keyOf(options) === key)])
}

function temporaries(files: readonly Pick<Writing, 'path'>[]): string {
  return files.map(({ path }) => quotedPath(temporaryBeside(path))).join(' ')
}

/** For people, as a shell word. */
function namesOf([first, ...others]: readonly Writing[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return quote(`${first?.path ?? ''}${more}`)
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
  if ('copy' in source) return `$(stat -c %s -- ${imageOf(source.copy, paths)})`
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
