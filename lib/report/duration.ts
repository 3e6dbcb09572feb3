/** A duration as people read it: `0.4 s`, `12.3 s`, `1 m 03 s`, `2 h 05 m`. */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
