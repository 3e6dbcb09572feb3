import { median, type Report, type Result, sideBySide, timesAsFast } from './results.ts'

const measuring = 'troupe'

/** The report for people: a Markdown table a work, and how fast Troupe was beside each tool. */
export function table({ machine, results, missing }: Report): string {
  return [
    `${machine.processors} × ${machine.processor}, ${machine.memoryMB} MB, ${machine.system}, Node ${machine.node}, ` +
      `load ${machine.load.toFixed(1)} at the start; hosts and controller share the machine.`,
    ...[...sideBySide(results)].map(([title, group]) => ['', `### ${title}`, '', ...rows(group)].join('\n')),
    ...missing.map(({ tool, why }) => `\nMissing: ${tool} (${why})`),
    '',
  ].join('\n')
}

/** The report as a page of the docs. */
export function page(report: Report): string {
  return `# Benchmark

Written by \`npm run bench -- --write\`; [docs/performance.md](performance.md) says what is measured, and what the limits are.

${table(report)}`
}

function rows(group: readonly Result[]): readonly string[] {
  const own = group.find(({ tool }) => tool === measuring)
  const slow = group.some(({ turns }) => turns !== undefined)
  const head = [
    'tool',
    'version',
    'wall s',
    'CPU s',
    'peak MB',
    ...(slow ? ['round trips'] : []),
    `${measuring} is so many times as fast`,
  ]
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...group.map((result) => {
      const { tool, version, hosts, wallS, cpuS, peakMB, turns } = result
      const cells = [
        tool,
        version,
        spread(wallS, 2),
        spread(cpuS, 2),
        median(peakMB).toFixed(0),
        ...(turns === undefined ? [] : [(median(turns) / hosts).toFixed(1)]),
      ]
      return `| ${[...cells, own === undefined || own === result ? '' : ratio(own, result)].join(' | ')} |`
    }),
  ]
}

function ratio(own: Result, other: Result): string {
  const { median: middle, least, most } = timesAsFast(own.wallS, other.wallS)
  return `**${middle.toFixed(2)}** (${least.toFixed(2)}–${most.toFixed(2)})`
}

function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}
