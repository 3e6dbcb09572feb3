import { gradeOf, thresholds, type HealthLine } from './line.ts'
import type { Certificate, HostHealth } from './on-host.ts'

/** What a host says of itself; nothing where it cannot be asked. */
export function hostLines(name: string, unit: string, health: HostHealth | undefined): readonly HealthLine[] {
  if (health === undefined) {
    const advice = 'Is it switched on? What follows leaves out what only it could say.'
    return [{ grade: 'fatal', about: 'host', name, found: 'It cannot be reached.', advice }]
  }
  return [
    serviceLine(name, unit, health),
    ...certificateLines(name, unit, health.certificates),
    ...diskLines(name, health),
  ]
}

function serviceLine(name: string, unit: string, { service }: HostHealth): HealthLine {
  const found = `${unit} is ${service}.`
  if (service === 'active') return { grade: 'ok', about: 'service', name, found }
  return { grade: 'fatal', about: 'service', name, found, advice: `journalctl -u ${unit}` }
}

/** Each that ends soon, and of the others the one that ends first. */
function certificateLines(
  name: string,
  unit: string,
  certificates: readonly Certificate[],
): readonly HealthLine[] {
  const byEnd = certificates.toSorted((a, b) => (a.daysLeft ?? -Infinity) - (b.daysLeft ?? -Infinity))
  const lines = byEnd.map(({ file, daysLeft }): HealthLine => {
    if (daysLeft === undefined) {
      return { grade: 'fatal', about: 'certificates', name, found: `${file} cannot be read.` }
    }
    const found = daysLeft < 0 ? `${file} has expired.` : `${file} ends in ${daysLeft} days.`
    const grade = gradeOf(daysLeft, thresholds.certificateDays)
    const advice = grade === 'ok' ? {} : { advice: adviceOn(file, unit) }
    return { grade, about: 'certificates', name, found, left: daysLeft, ...advice }
  })
  const soon = lines.filter(({ grade }) => grade !== 'ok')
  const [first] = lines.filter(({ grade }) => grade === 'ok')
  if (first === undefined) return soon
  const others = lines.length - soon.length
  const found = others === 1 ? first.found : `Of ${others}, ${first.found.replace('ends', 'ends first,')}`
  return [...soon, { ...first, found }]
}

/** Authorities are not renewed by a restart, and tokens change with them. */
function adviceOn(file: string, unit: string): string {
  return /-ca(\.nochain)?\.crt$/.test(file)
    ? 'An authority: it has to be rotated, on all nodes.'
    : `systemctl restart ${unit} renews it.`
}

function diskLines(name: string, { freePercent: left }: HostHealth): readonly HealthLine[] {
  if (left === undefined) return []
  const grade = gradeOf(left, thresholds.diskPercent)
  const found = `${left} % is free where the data are.`
  const advice = grade === 'ok' ? {} : { advice: 'Make room: a node whose disk is full gives its pods away.' }
  return [{ grade, about: 'disk', name, found, left, ...advice }]
}
