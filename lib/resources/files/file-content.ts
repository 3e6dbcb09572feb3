import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Secret } from '../../secrets/secret.ts'
import type { ResolveContext } from '../../task/kind.ts'
import { readSourceFile } from './source-file.ts'

/** Where the content of a file comes from; without any, only attributes are wanted. */
export interface ContentSource {
  readonly content?: string | Buffer | Secret
  /** A file in the role's `files/`, or an absolute path on the controller. */
  readonly source?: string
  /** A template in the role's `templates/`, and the values it is rendered with. */
  readonly template?: { readonly from: string; readonly values: object }
}

const privateMode = 0o600

/** The mode that content asks for: a secret is for its owner only, and wanting it wider is a mistake. */
export function modeFor(
  path: string,
  content: ContentSource['content'],
  mode: number | undefined,
): number | undefined {
  if (!(content instanceof Secret)) return mode
  if (mode !== undefined && (mode & ~privateMode) !== 0) {
    throw new TypeError(
      `${path} holds the secret from ${content.source}, so its mode can be at most 0600, not ${octal(mode)}.`,
    )
  }
  return mode ?? privateMode
}

/** Reads or renders the content on the controller. */
export async function contentOf(
  { content, source, template }: ContentSource,
  { roleFolder }: ResolveContext,
): Promise<string | Buffer | Secret | undefined> {
  if (source !== undefined) return readSourceFile(resolve(roleFolder, 'files', source))
  if (template === undefined) return content
  const { render } = await import('../../templates/render.ts')
  const file = join(roleFolder, 'templates', template.from)
  return render(await readFile(file, 'utf8'), { ...template.values }, file)
}

/** `0644`, as people write modes. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
