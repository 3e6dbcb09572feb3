import { median, type Report, type Result, sideBySide } from './results.ts'

const colours: Readonly<Record<string, string>> = { troupe: '#2f6f4f', floor: '#9aa5b1', openssh: '#9aa5b1' }
const others = '#c9a227'
const [width, labels, bar, gap, head] = [760, 220, 16, 5, 34]

/** The medians of seconds as bars, work by work, each against the slowest of its own. */
export function chart({ results, machine }: Report): string {
  let y = 10
  const parts = [...sideBySide(results)].map(([title, group]) => {
    const part = groupOf(title, group, y)
    y += head + group.length * (bar + gap)
    return part
  })
  const foot = `${machine.processors} processors, shared by controller and hosts; median seconds, shorter is better`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 30}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
<text x="10" y="${y + 18}" fill="#555555">${foot}</text>
</svg>
`
}

function groupOf(title: string, group: readonly Result[], y: number): string {
  const most = Math.max(...group.map(({ wallS }) => median(wallS)))
  const rows = group.map(({ tool, version, wallS }, index) => {
    const seconds = median(wallS)
    const top = y + 24 + index * (bar + gap)
    const length = Math.max(2, (seconds / most) * (width - labels - 80))
    return `<text x="${labels - 8}" y="${top + 12}" text-anchor="end">${tool} ${version}</text>
<rect x="${labels}" y="${top}" width="${length.toFixed(0)}" height="${bar}" fill="${colours[tool] ?? others}"/>
<text x="${(labels + length + 6).toFixed(0)}" y="${top + 12}">${seconds.toFixed(2)} s</text>`
  })
  return [`<text x="10" y="${y + 14}" font-weight="bold">${title}</text>`, ...rows].join('\n')
}
