// `npm run bench -- --only tune,wan --hosts 8 --rounds 5 --json`: the same work by every tool, on the same hosts, in turn.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from './bench.ts'
import { chart } from './chart.ts'
import { type Options, optionsOf } from './options.ts'
import { baseline, lastingShortfalls, quickRatios, writeBaseline } from './quick.ts'
import { page, table } from './table.ts'

const options = optionsOf(process.argv.slice(2))
const progress = (said: string) => console.error(said)
await (options.quick ? short(options) : whole(options))

async function whole({ json, write, ...what }: Options): Promise<void> {
  const report = await bench(what, progress)
  console.log(json ? JSON.stringify(report) : table(report))
  if (!write) return
  const beside = join(import.meta.dirname, '../../docs/benchmark')
  writeFileSync(`${beside}.json`, `${JSON.stringify(report)}\n`)
  writeFileSync(`${beside}.svg`, chart(report))
  writeFileSync(`${beside}.md`, page(report))
}

async function short({ write }: Options): Promise<void> {
  if (write) return writeBaseline(await quickRatios(progress))
  const fallen = await lastingShortfalls(progress, baseline(), async (...how) => {
    const ratios = await quickRatios(...how)
    for (const { work, run, tool, timesAsFast } of ratios)
      console.log(`${work}, ${run}: ${timesAsFast} times as fast as ${tool}`)
    return ratios
  })
  for (const words of fallen) console.error(`Slower than it was: ${words}`)
  if (fallen.length > 0) process.exitCode = 1
}
