import {
  bool,
  defineVars,
  duration,
  int,
  list,
  object,
  oneOf,
  readVars,
  string,
  type Infer,
} from '../vars/schema.ts'
import { proxyUrl } from './proxy-url.ts'

/** Where artifacts come from and how they reach the hosts; roles name it in `shared: { artifacts }`. */
export const artifacts = defineVars({
  mirrors: list(
    object({
      from: string({ doc: 'How an address has to begin.' }),
      to: string({ doc: 'What takes the place of that beginning.' }),
      only: bool({ default: false, doc: 'Never asks the original address.' }),
    }),
    {
      default: [],
      doc: 'Other places for what stands below an address, as [{from, to}]. The first that fits decides; several for one beginning are tried in order, the original last, or not at all where one says only: true.',
    },
  ),
  cache: string({
    default: '~/.cache/troupe/artifacts',
    doc: 'The folder on the controller that keeps what was fetched, by its checksum.',
  }),
  delivery: oneOf('push', 'pull', {
    default: 'push',
    doc: 'Whether the controller fetches and sends, or each host fetches for itself.',
  }),
  proxy: object(
    {
      http: proxyUrl({ optional: true, doc: 'The proxy for http://, as http://[user:password@]host:port.' }),
      https: proxyUrl({ optional: true, doc: 'The proxy for https://.' }),
      no: list(string(), {
        default: [],
        doc: 'What is reached without a proxy: names with all below them, addresses, networks like 10.0.0.0/8, or *.',
      }),
    },
    { doc: 'Through whom addresses are reached; none when it is left out.' },
  ),
  caFile: string({
    optional: true,
    doc: 'A PEM file on the controller: authorities to trust besides the usual ones.',
  }),
  stall: duration({ default: '30s', doc: 'Without a byte for so long, an attempt is given up.' }),
  attempts: int({ default: 5, min: 1, doc: 'How often each address is tried.' }),
})

export type ArtifactSettings = Infer<typeof artifacts>

/** What holds where nobody set anything. */
export const defaultSettings: ArtifactSettings = readVars(artifacts, undefined, ({ path }) => {
  throw new TypeError(`artifacts.${path.join('.')} has no default.`)
})
