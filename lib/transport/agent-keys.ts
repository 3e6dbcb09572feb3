import { readFile } from 'node:fs/promises'
import type { BaseAgent, ParsedKey } from 'ssh2'

/** An agent that offers one key only: the one that belongs to a file; undefined when it does not hold it. */
export async function agentHolding(socket: string, file: string): Promise<BaseAgent | undefined> {
  const wanted = await publicKeyOf(file)
  if (wanted === undefined) return undefined
  const { default: ssh2 } = await import('ssh2')
  const agent = ssh2.createAgent(socket)
  const held = await new Promise<readonly ParsedKey[]>((resolve) => {
    // An agent that does not answer holds nothing; one at a socket gives keys that are parsed.
    agent.getIdentities((error, keys = []) => resolve(error ? [] : (keys as readonly ParsedKey[])))
  })
  const key = held.find((one) => one.getPublicSSH().equals(wanted))
  if (key === undefined) return undefined
  agent.getIdentities = (answer) => answer(undefined, [key])
  return agent
}

/** Whether the file is the public half of a key, whose private half may be held by an agent. */
export async function isPublicKey(file: string): Promise<boolean> {
  const text = await readFile(file, 'latin1').catch(() => '')
  return /^(ssh|ecdsa|sk)-\S+ AAAA/.test(text)
}

/** The public half of a key file, encrypted or not. */
async function publicKeyOf(file: string): Promise<Buffer | undefined> {
  const text = await readFile(file, 'latin1').catch(() => '')
  const [, inside] = /BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----/.exec(text) ?? []
  if (inside !== undefined) return publicPart(Buffer.from(inside, 'base64'))
  const line = (await isPublicKey(file)) ? text : await readFile(`${file}.pub`, 'latin1').catch(() => '')
  const [, base64] = line.split(' ')
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

/** OpenSSH's own format keeps the public half in the clear: behind a magic word stand cipher, kdf, its options, a count. */
function publicPart(bytes: Buffer): Buffer {
  let at = 'openssh-key-v1\0'.length
  const next = () => {
    const start = at + 4
    at = start + bytes.readUInt32BE(at)
    return bytes.subarray(start, at)
  }
  for (let field = 0; field < 3; field++) next()
  at += 4
  return next()
}
