// `npm run bench -- --only tune,wan --hosts 8 --rounds 5 --json`: the same work by every tool, on the same hosts, in turn.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from './bench.ts'
import { chart } from './chart.ts'
import { optionsOf } from './options.ts'
import { table } from './table.ts'

const options = optionsOf(process.argv.slice(2))
const report = await bench(options, (said) => console.error(said))
console.log(options.json ? JSON.stringify(report) : table(report))
if (options.write) {
  const beside = join(import.meta.dirname, '../../docs/benchmark')
  writeFileSync(`${beside}.json`, `${JSON.stringify(report)}\n`)
  writeFileSync(`${beside}.svg`, chart(report))
}
