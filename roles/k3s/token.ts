import { createHash, randomBytes } from 'node:crypto'
import { quote } from '../../lib/host/command.ts'
import { defineFact, type Fact } from '../../lib/host/fact.ts'
import type { HostReader } from '../../lib/host/host.ts'
import { reveal, Secret } from '../../lib/secrets/secret.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import type { Product } from './product.ts'

/** A token as a server writes it: whom to trust, and what to show. */
export interface TokenParts {
  /** The SHA-256 of the authority; undefined in the short form. */
  readonly ca: string | undefined
  readonly password: string
}

export function partsOf(token: Secret): TokenParts {
  const text = reveal(token).trim()
  const [, ca, password] = /^K10([0-9a-f]{64})::(?:[^:]+:)?(.+)$/.exec(text) ?? []
  return ca === undefined || password === undefined ? { ca: undefined, password: text } : { ca, password }
}

/** The full token of a server: joiners are told whom to trust. */
export function joinToken(dataDir: string): Fact<Secret> {
  return defineFact(`the join token in ${dataDir}`, (host) => readToken(host, `${dataDir}/server/token`))
}

/** The authority that the token of a server speaks of. */
export function tokenCa(dataDir: string): Fact<string> {
  return defineFact(`the authority of the token in ${dataDir}`, async (host) => {
    const { ca } = partsOf(await readToken(host, `${dataDir}/server/token`))
    if (ca === undefined) throw new Error(`The token of ${host.name} does not say whom to trust.`)
    return ca
  })
}

async function readToken(host: HostReader, path: string): Promise<Secret> {
  const [content] = await host.readFiles([path])
  const text = content?.toString().trim() ?? ''
  if (text === '') throw new NotYet(`There is no token in ${path} on ${host.name}.`)
  return new Secret(text, `${path} on ${host.name}`)
}

/** What stands in the configuration of a server: what it showed when it joined, or founded its cluster with. */
export function configuredToken({ configFolder }: Product): Fact<Secret | undefined> {
  const path = `${configFolder}/config.yaml`
  return defineFact(`the token in ${path}`, async (host) => {
    const { stdout } = await host.query({
      text: `test ! -f ${quote(path)} || sed -n 's/^token: //p' ${quote(path)}`,
    })
    const text = stdout.trim()
    return text === '' ? undefined : new Secret(JSON.parse(text) as string, `${path} on ${host.name}`)
  })
}

const made = new Map<string, Secret>()

/** A new token, the same for one run. */
export function newToken(run: string): Secret {
  const known = made.get(run) ?? new Secret(randomBytes(24).toString('hex'), 'a new token')
  made.set(run, known)
  return known
}

/** Whether two tokens show the same, whatever they say of whom to trust. */
export function showsSame(one: Secret, other: Secret): boolean {
  const digest = (token: Secret) => createHash('sha256').update(partsOf(token).password).digest('hex')
  return digest(one) === digest(other)
}
