import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Finding } from '../../lib/report/events.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { defineCondition, type Condition } from '../../lib/task/gate.ts'
import { quote } from '../../lib/host/command.ts'
import { localPath } from '../../lib/vars/local-path.ts'
import { wordsOf } from './ctl.ts'
import { fatal } from './judge.ts'
import { certOf, keyOf, trustedFile } from './paths.ts'
import { compared, versionOf, type Version } from './releases.ts'
import type { EtcdVars } from './vars.ts'

/** What a client of an etcd of somebody else is given. */
export interface Given {
  readonly ca: string
  readonly cert: string
  readonly key: Secret
}

/** Older ones speak a protocol that no API server of today does. */
const least: Version = [3, 4, 0]

/** The files on the controller, or what is wrong with them. */
export async function givenFiles({ type, external }: EtcdVars): Promise<Given | readonly Finding[]> {
  if (type !== 'external') return [unsaid('etcd.type', type, 'external')]
  const { endpoints, ca, cert, key } = external
  if (endpoints.length === 0)
    return [unsaid('etcd.external.endpoints', 'none', 'its addresses, as https://10.0.0.1:2379')]
  const files = { ca, cert, key }
  const missing = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [unsaid(`etcd.external.${name}`, 'none', 'a file on the controller')] : [],
  )
  if (ca === undefined || cert === undefined || key === undefined) return missing
  const [caText, certText, keyText] = await Promise.all([ca, cert, key].map((file) => textOf(file)))
  if (caText === undefined || certText === undefined || keyText === undefined) {
    return Object.entries(files).flatMap(([name, file], index) =>
      [caText, certText, keyText][index] === undefined
        ? [unsaid(`etcd.external.${name}`, `${file}, which cannot be read`, 'a file on the controller')]
        : [],
    )
  }
  const given = { ca: caText, cert: certText, key: new Secret(keyText, key) }
  const wrong = whatIsWrong(caText, certText, keyText, { ca, cert, key })
  return wrong.length === 0 ? given : wrong
}

function whatIsWrong(
  ca: string,
  cert: string,
  key: string,
  file: Readonly<Record<'ca' | 'cert' | 'key', string>>,
): readonly Finding[] {
  try {
    const [own, authority] = [new X509Certificate(cert), new X509Certificate(ca)]
    if (!own.checkPrivateKey(createPrivateKey(key)))
      return [unfit(`the key ${file.key} is not that of ${file.cert}`)]
    if (!own.verify(authority.publicKey)) return [unfit(`${file.cert} was not issued by ${file.ca}`)]
    if (Date.parse(own.validTo) <= Date.now()) return [unfit(`${file.cert} has ended on ${own.validTo}`)]
    return []
  } catch {
    return [unfit(`${file.ca}, ${file.cert} and ${file.key} are no certificates with a key, in PEM`)]
  }
}

/** Every address answers a client with these files, and is new enough. */
export function answersAt(host: string, endpoints: readonly string[]): Condition {
  return defineCondition('The etcd of somebody else', async (reader) => {
    const files = `--cacert ${trustedFile} --cert ${certOf('node', host)} --key ${keyOf('node', host)}`
    for (const endpoint of endpoints) {
      const text = `curl -sS -f -m 10 --noproxy '*' ${files} ${quote(`${endpoint.replace(/\/$/, '')}/version`)}`
      try {
        const { stdout } = await reader.query({ text }, { timeoutMs: 20_000 })
        const { etcdserver } = JSON.parse(stdout) as { readonly etcdserver: string }
        const version = versionOf(etcdserver)
        if (version === undefined || compared(version, least) < 0) {
          return {
            holds: false,
            found: `${endpoint} is etcd ${etcdserver}, and ${least.join('.')} is the least`,
          }
        }
      } catch (error) {
        return { holds: false, found: `${endpoint}: ${wordsOf(error)}` }
      }
    }
    return { holds: true }
  })
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(localPath(file), 'utf8').catch(() => undefined)
}

function unsaid(name: string, found: string, wanted: string): Finding {
  return fatal('etcd', {
    found,
    wanted,
    message: `${name} is ${found}, where hosts are to ask an etcd of somebody else.`,
    advice: `Set ${name} to ${wanted}.`,
  })
}

function unfit(found: string): Finding {
  return fatal('certificates', {
    found,
    wanted: 'a certificate of that authority with its key, still valid',
    message: `No client could use these files: ${found}.`,
    advice: 'Ask whoever keeps that etcd for the three files of a client, and set etcd.external to them.',
  })
}
