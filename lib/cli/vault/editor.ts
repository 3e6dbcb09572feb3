import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { UserError } from '../../errors.ts'
import { shellWords } from '../../inventory/shell-words.ts'
import { privateMode, wipe } from '../../secrets/private-file.ts'

/** A terminal sends the first and the last to the editor as well. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Env = Readonly<Record<string, string | undefined>>

/**
 * What a text becomes in the user's editor. It stands meanwhile in a file, and a folder, that nobody else can read, in
 * memory where the system has a place for that; what the editor leaves beside it is wiped away with it.
 */
export async function edited(plain: Buffer, name: string, env: Env = process.env): Promise<Buffer> {
  const memory = env['XDG_RUNTIME_DIR'] ?? ''
  const folder = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), 'troupe-edit-'))
  const file = join(folder, basename(name))
  // Whatever ends the editor, this waits for it, and wipes.
  const wait = () => {}
  for (const signal of signals) process.on(signal, wait)
  try {
    await writeFile(file, plain, { mode: privateMode, flag: 'wx' })
    await runEditor(env['EDITOR'] ?? 'vi', file)
    return await readFile(file)
  } finally {
    for (const signal of signals) process.off(signal, wait)
    await wipeFolder(folder)
  }
}

function runEditor(editor: string, file: string): Promise<void> {
  const [program = 'vi', ...words] = shellWords(editor).words
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(
        new UserError(
          `The editor "${editor}" ${why}; nothing was changed.`,
          'Name another one: EDITOR=nano, or EDITOR="code --wait".',
        ),
      )
    const child = spawn(program, [...words, file], { stdio: 'inherit' })
    const end = () => child.kill()
    process.once('SIGTERM', end)
    child.on('error', (error) => fail(`cannot be started (${error.message})`))
    child.on('close', (code, signal) => {
      process.off('SIGTERM', end)
      if (code === 0) resolve()
      else fail(`ended with ${code ?? signal}`)
    })
  })
}

async function wipeFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  for (const entry of entries) if (entry.isFile()) await wipe(join(entry.parentPath, entry.name))
  await rm(folder, { recursive: true, force: true })
}
