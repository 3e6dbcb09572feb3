import type { FakeFiles } from './files.ts'
import { changer, options, reader, refused, said, type Programs } from './answer.ts'

/** The programs that list, move and remove whole trees of files. */
export function treePrograms(files: FakeFiles): Programs {
  return ([program, ...rest]) => {
    if (program === 'find') return reader(() => find(files, rest))
    if (program === 'rm') {
      return changer(() => {
        for (const path of options(rest, []).rest) files.remove(path)
        return said('')
      })
    }
    if (program !== 'mv') return undefined
    return changer(() => {
      const [from = '', to = ''] = options(rest, []).rest
      const entry = files.get(from)
      if (entry === undefined) return refused(`mv: cannot stat '${from}': No such file or directory`)
      files.put(to, entry)
      files.remove(from)
      return said('')
    })
  }
}

/** `find PATH… -mindepth 1 [-maxdepth 1]`; a link is not followed. */
function find(files: FakeFiles, words: readonly string[]): ReturnType<typeof said> {
  const first = words.findIndex((word) => word.startsWith('-'))
  const roots = words.slice(0, first)
  const near = words.includes('-maxdepth')
  const missing = roots.filter((root) => files.get(root) === undefined)
  const found = roots
    .filter((root) => files.get(root)?.type === 'directory')
    .flatMap((root) =>
      near ? files.children(root) : files.paths().filter((path) => path.startsWith(`${root}/`)),
    )
  const stderr = missing.map((root) => `find: '${root}': No such file or directory\n`).join('')
  return { code: missing.length > 0 ? 1 : 0, stdout: found.map((path) => `${path}\n`).join(''), stderr }
}
