import { readFileSync } from 'node:fs'
import { Client } from 'ssh2'
import type { LabHost } from './host.ts'

export interface Login {
  readonly user: string
  /** Without one, the key of the lab opens the door. */
  readonly password?: string
}

/** Logs in as anybody, runs one line, and returns all that it said, errors among it. */
export function login(host: LabHost, { user, password }: Login, line: string): Promise<string> {
  const client = new Client()
  const secret = password === undefined ? { privateKey: readFileSync(host.record.keyFile) } : { password }
  return new Promise<string>((resolve, reject) => {
    client.on('error', reject)
    client.on('ready', () =>
      client.exec(line, (error, channel) => {
        if (error !== undefined) return reject(error)
        const said: Buffer[] = []
        channel.on('data', (data: Buffer) => said.push(data))
        channel.stderr.on('data', (data: Buffer) => said.push(data))
        channel.on('close', () => resolve(Buffer.concat(said).toString()))
      }),
    )
    client.connect({ host: host.address, username: user, ...secret })
  }).finally(() => client.end())
}
