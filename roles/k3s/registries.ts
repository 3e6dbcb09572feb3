import { stringify } from 'yaml'
import { reveal, Secret } from '../../lib/secrets/secret.ts'
import type { K3sVars } from './vars.ts'

/** registries.yaml; undefined where nothing is said of registries. */
export function registriesText({ registries }: Pick<K3sVars, 'registries'>): Secret | undefined {
  const { mirrors, auth, tls } = registries
  const names = [...new Set([...Object.keys(auth), ...Object.keys(tls)])]
  if (names.length === 0 && Object.keys(mirrors).length === 0) return undefined
  const endpoints = Object.entries(mirrors).map(([name, endpoint]) => [name, { endpoint }])
  const configs = names.map((name) => [name, { ...authOf(auth[name]), ...tlsOf(tls[name]) }])
  const text = stringify({ mirrors: Object.fromEntries(endpoints), configs: Object.fromEntries(configs) })
  return new Secret(`${head}${text}`, 'k3s.registries')
}

const head = '# Written by Troupe: change group_vars instead, and run the playbook.\n'

function authOf(auth: K3sVars['registries']['auth'][string] | undefined): object {
  return auth === undefined ? {} : { auth: { username: auth.username, password: reveal(auth.password) } }
}

function tlsOf(tls: K3sVars['registries']['tls'][string] | undefined): object {
  if (tls === undefined) return {}
  const { ca, cert, key, insecure } = tls
  return { tls: { ca_file: ca, cert_file: cert, key_file: key, insecure_skip_verify: insecure || undefined } }
}
