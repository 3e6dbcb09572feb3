// Runs tests: `node --import tsx test/run.ts unit slow host [-- word …]`; words pick the files whose path holds one of them.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import PQueue from 'p-queue'
import { enqueue, tally } from './support/suite.ts'

const here = import.meta.dirname
/** `slow` are the unit tests that wait for real processes or try every moment: `*.slow.test.ts`. */
const folders = ['unit', 'slow', 'host', 'e2e'] as const
/** Unit tests wait more than they compute, so several processes share them. */
const unitProcesses = 6

/** Real hosts are waited for, too: so many files at a time, and first the one that takes longest. */
const hostProcesses = 2
/** Every start of a playbook counts there, and newer Nodes start in half the time. */
const hostNode = process.env['HOST_NODE'] ?? process.execPath
const longest = ['host/kinds.test.ts']
/** What others beside it would spoil. */
const alone = ['host/speed.test.ts']

interface Totals {
  passed: number
  failed: number
  skipped: number
}

const [first, ...rest] = process.argv.slice(2).filter((arg) => arg !== '--')
if (first === '--files') await runHere(rest)
else await runAll([first ?? 'unit', ...rest])
// A connection that a test left open must not keep the run from ending.
process.exit()

async function runAll(args: readonly string[]): Promise<void> {
  const chosen = folders.filter((folder) => args.includes(folder))
  const words = args.filter((arg) => !(folders as readonly string[]).includes(arg))
  const files = (folder: string) =>
    testFiles(folder).filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 }
  for (const folder of chosen.filter(isUnit)) {
    const parts = shares(files(folder), unitProcesses)
    for (const part of await Promise.all(parts.map((part) => runApart(part, 'together')))) add(totals, part)
  }
  // Each file of real hosts has a process of its own, so that one that is killed takes no other with it.
  const queue = new PQueue({ concurrency: hostProcesses })
  const onHosts = chosen.includes('host') ? files('host').toSorted((a, b) => turnOf(a) - turnOf(b)) : []
  const run = async (file: string) => add(totals, await runApart([file], 'together', hostNode))
  await queue.addAll(onHosts.filter((file) => !alone.includes(file)).map((file) => () => run(file)))
  for (const file of onHosts.filter((file) => alone.includes(file))) await run(file)
  // Long loops have the machine for themselves, and tell how far they are.
  for (const file of chosen.includes('e2e') ? files('e2e') : []) {
    console.log(`\n== ${file}`)
    add(totals, await runApart([file], 'as it comes'))
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
  if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1
}

function isUnit(folder: string): boolean {
  return folder === 'unit' || folder === 'slow'
}

function testFiles(folder: string): string[] {
  return readdirSync(join(here, isUnit(folder) ? 'unit' : folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(here, join(entry.parentPath, entry.name)))
    .filter((file) => !isUnit(folder) || file.endsWith('.slow.test.ts') === (folder === 'slow'))
    .toSorted()
}

function turnOf(file: string): number {
  const turn = longest.indexOf(file)
  return turn < 0 ? longest.length : turn
}

function shares(files: readonly string[], count: number): readonly (readonly string[])[] {
  const parts = Array.from({ length: count }, (_, part) => files.filter((_, index) => index % count === part))
  return parts.filter((part) => part.length > 0)
}

async function runHere(files: readonly string[]): Promise<void> {
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
  showSlowest(Number(process.env['SLOWEST'] ?? 0))
  for (const skip of tally.skipped) console.log(`skipped: ${skip}`)
  const unrun = tally.registered - tally.passed - tally.failed - tally.skipped.length
  if (unrun > 0) console.error(`${unrun} registered tests did not run`)
  const totals: Totals = { passed: tally.passed, failed: tally.failed + unrun, skipped: tally.skipped.length }
  if (totals.failed > 0) process.exitCode = 1
  await new Promise((sent) => (process.send === undefined ? sent(undefined) : process.send(totals, sent)))
}

/** `SLOWEST=10 npm run unit` names the tests that take the time. */
function showSlowest(count: number): void {
  const slowest = [...tally.durations].toSorted(([, a], [, b]) => b - a).slice(0, count)
  for (const [title, ms] of slowest) console.log(`${Math.round(ms).toString().padStart(6)} ms  ${title}`)
}

function runApart(
  files: readonly string[],
  output: 'together' | 'as it comes',
  node = process.execPath,
): Promise<Totals> {
  return new Promise((resolve) => {
    const stdio = output === 'together' ? ('pipe' as const) : ('inherit' as const)
    const child = spawn(node, ['--import', 'tsx', join(here, 'run.ts'), '--files', ...files], {
      stdio: ['ignore', stdio, stdio, 'ipc'],
    })
    let totals: Totals | undefined
    const said: Buffer[] = []
    child.stdout?.on('data', (data: Buffer) => said.push(data))
    child.stderr?.on('data', (data: Buffer) => said.push(data))
    child.on('message', (message) => (totals = message as Totals))
    const started = performance.now()
    child.on('close', (code, signal) => {
      const [only] = files
      const seconds = Math.round((performance.now() - started) / 1000)
      if (files.length === 1) console.log(`\n== ${only} (${seconds} s)`)
      process.stdout.write(Buffer.concat(said))
      if (totals === undefined)
        console.error(`${files.join(', ')} ended with ${signal ?? code} before it reported`)
      resolve(totals ?? { passed: 0, failed: 1, skipped: 0 })
    })
  })
}

function add(totals: Totals, more: Totals): void {
  totals.passed += more.passed
  totals.failed += more.failed
  totals.skipped += more.skipped
}
