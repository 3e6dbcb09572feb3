import type { Readable } from 'node:stream'
import { limits } from './limits.ts'

/** The value of the first mark in a stream; what comes before it is noise, what comes after it is put back. */
export function untilMark(stream: Readable, mark: string, onNoise: (noise: Buffer) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const at = text.indexOf(`${mark}:`)
      const end = text.indexOf('\n', at)
      if (at !== -1 && end !== -1) {
        stream.off('data', onData)
        stream.pause()
        if (end + 1 < text.length) stream.unshift(Buffer.from(text.slice(end + 1), 'latin1'))
        resolve(text.slice(at + mark.length + 1, end).trimEnd())
        return
      }
      try {
        onNoise(chunk)
      } catch (error) {
        reject(error as Error)
      }
      text = text.slice(-limits.noiseBytes)
    }
    stream.on('data', onData).resume()
  })
}
