/** Bytes for people: `3.8 GB`, `512 MB`. */
export function gigabytes(bytes: number): string {
  const gb = bytes / 2 ** 30
  if (gb < 1) return `${Math.round(bytes / 2 ** 20)} MB`
  return `${gb < 10 ? Math.round(gb * 10) / 10 : Math.round(gb)} GB`
}
