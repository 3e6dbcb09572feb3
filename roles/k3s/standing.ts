import { quote } from '../../lib/host/command.ts'
import { asFound, defineFact, unlessLost, type Fact } from '../../lib/host/fact.ts'
import type { Product } from './product.ts'

/** What of a cluster stands on a host. */
export interface Standing {
  /** The SHA-256 of the authority of the cluster that it is a server of. */
  readonly ca: string | undefined
  /** The same of the cluster that it is a node of. */
  readonly nodeCa: string | undefined
  /** How its state is kept; undefined where it keeps none. */
  readonly keeps: 'etcd' | 'sqlite' | undefined
  /** It has what makes it a node that others know. */
  readonly known: boolean
  readonly serves: boolean
  readonly version: string | undefined
  /** What its configuration says of how it came to the cluster. */
  readonly founds: boolean
  readonly joins: string | undefined
}

const script = (product: Product, dataDir: string) => {
  const [data, config] = [quote(dataDir), quote(`${product.configFolder}/config.yaml`)]
  return `sum() { if [ -f "$2" ]; then echo "$1 $(sha256sum < "$2" | cut -d ' ' -f 1)"; fi; }
sum ca ${data}/server/tls/server-ca.crt
sum nodeCa ${data}/agent/server-ca.crt
if [ -d ${data}/server/db/etcd ]; then echo keeps etcd; elif [ -f ${data}/server/db/state.db ]; then echo keeps sqlite; fi
if [ -s /etc/rancher/node/password ]; then echo known yes; fi
if systemctl is-active -q ${product.units.server} 2> /dev/null; then echo serves yes; fi
if [ -x ${product.program} ]; then echo "version $(${product.program} --version 2> /dev/null | head -n 1)"; fi
if [ -f ${config} ]; then sed -n -e 's/^cluster-init: true$/founds yes/p' -e 's/^server: "\\(.*\\)"$/joins \\1/p' ${config}; fi`
}

/** Asks what stands on a host, in one round trip. */
export function standing(product: Product, dataDir: string): Fact<Standing> {
  return defineFact(
    `the standing of ${product.name} in ${dataDir}`,
    async (host) => {
      const { stdout } = await host.query({ text: script(product, dataDir) })
      return parseStanding(stdout)
    },
    { assumed: parseStanding('') },
  )
}

/** What stood there when the run began; nothing where the host is off. What was decided on that is not turned over. */
export function standingAsFound(product: Product, dataDir: string): Fact<Standing | undefined> {
  return unlessLost(asFound(standing(product, dataDir)))
}

export function parseStanding(text: string): Standing {
  const said = new Map(
    text.split('\n').flatMap((line) => {
      const [, word, rest] = /^(\w+) (.+)$/.exec(line) ?? []
      return word === undefined || rest === undefined ? [] : [[word, rest]]
    }),
  )
  const keeps = said.get('keeps')
  return {
    ca: said.get('ca'),
    nodeCa: said.get('nodeCa'),
    keeps: keeps === 'etcd' || keeps === 'sqlite' ? keeps : undefined,
    known: said.has('known'),
    serves: said.has('serves'),
    version: /\bv\d\S*/.exec(said.get('version') ?? '')?.[0],
    founds: said.has('founds'),
    joins: said.get('joins'),
  }
}
