// `npm run check`: format, lint, types and unit tests side by side, or those that are named; the same everywhere.
import { spawn } from 'node:child_process'

const checks = {
  format: ['oxfmt', '--check'],
  lint: ['oxlint', '--type-aware'],
  types: ['tsc', '--noEmit'],
  unit: ['tsx', 'test/run.ts', 'unit'],
}

const named = process.argv.slice(2)
const chosen = Object.entries(checks).filter(([name]) => named.length === 0 || named.includes(name))
const results = await Promise.all(chosen.map(([name, command]) => run(name, command)))
for (const { name, code, output, seconds } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
  if (code !== 0) console.log(output)
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0

function run(name: string, [program = '', ...args]: readonly string[]) {
  const started = performance.now()
  return new Promise<{ name: string; code: number; output: string; seconds: number }>((resolve) => {
    const child = spawn(`node_modules/.bin/${program}`, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('close', (code) =>
      resolve({ name, code: code ?? 1, output, seconds: (performance.now() - started) / 1000 }),
    )
  })
}
