// Runs tests: `node --import tsx test/run.ts unit host [-- word]`; the word picks the files whose path holds it.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { enqueue, tally } from './support/suite.ts'

const here = import.meta.dirname
const folders = ['unit', 'host', 'e2e'] as const

interface Totals {
  passed: number
  failed: number
  skipped: number
}

const args = process.argv.slice(2).filter((arg) => arg !== '--')
const single = args[0] === '--file' ? args[1] : undefined
if (single !== undefined) await runHere([single])
else await runAll()

async function runAll(): Promise<void> {
  const chosen = folders.filter((folder) => args.includes(folder))
  const words = args.filter((arg) => !(folders as readonly string[]).includes(arg))
  const files = (folder: string) =>
    testFiles(folder).filter((file) => words.every((word) => file.includes(word)))
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 }
  if (chosen.includes('unit')) add(totals, await runHere(files('unit')))
  // Each file of real hosts has a process of its own, so that one that is killed takes no other with it.
  for (const file of chosen.filter((folder) => folder !== 'unit').flatMap(files))
    add(totals, await runApart(file))
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
  if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1
}

function testFiles(folder: string): string[] {
  return readdirSync(join(here, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(here, join(entry.parentPath, entry.name)))
    .toSorted()
}

async function runHere(files: readonly string[]): Promise<Totals> {
  // A file that cannot be loaded counts as failed; uvu would pass over it.
  for (const file of files) {
    try {
      const before = tally.registered
      await import(pathToFileURL(join(here, file)).href)
      if (tally.registered === before) throw new Error('it registers no test')
    } catch (error) {
      tally.registered++
      tally.failed++
      console.error(`${file} cannot be run:`, error)
    }
  }
  enqueue()
  const uvu: { exec(): Promise<unknown> } = await import('uvu' as string)
  await uvu.exec()
  for (const skip of tally.skipped) console.log(`skipped: ${skip}`)
  const unrun = tally.registered - tally.passed - tally.failed - tally.skipped.length
  if (unrun > 0) console.error(`${unrun} registered tests did not run`)
  const totals = { passed: tally.passed, failed: tally.failed + unrun, skipped: tally.skipped.length }
  if (single !== undefined) process.send?.(totals)
  if (totals.failed > 0) process.exitCode = 1
  return totals
}

function runApart(file: string): Promise<Totals> {
  console.log(`\n== ${file}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(here, 'run.ts'), '--file', file], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    let totals: Totals | undefined
    child.on('message', (message) => (totals = message as Totals))
    child.on('exit', (code, signal) => {
      if (totals === undefined) console.error(`${file} ended with ${signal ?? code} before it reported`)
      resolve(totals ?? { passed: 0, failed: 1, skipped: 0 })
    })
  })
}

function add(totals: Totals, more: Totals): void {
  totals.passed += more.passed
  totals.failed += more.failed
  totals.skipped += more.skipped
}
