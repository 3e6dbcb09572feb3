import {
  defineVars,
  duration,
  int,
  list,
  object,
  oneOf,
  path,
  record,
  string,
  type Infer,
} from '../vars/schema.ts'

/** Where the state of the cluster is kept, and how: the variables of the role etcd, which others look at, too. */
export const etcd = defineVars({
  type: oneOf('stacked', 'hosts', 'external', {
    default: 'stacked',
    doc: 'On the servers, on hosts of the group etcd, or on hosts of somebody else.',
  }),
  version: string({ optional: true, doc: 'Of etcd, where the distribution does not bring its own: 3.5.24.' }),
  method: oneOf('archive', 'package', {
    default: 'archive',
    doc: 'How its programs come: from a release, by checksum; or as packages of the system.',
  }),
  releases: string({
    default: 'https://github.com/etcd-io/etcd/releases/download',
    doc: 'Below which address its releases stand.',
  }),
  dataDir: path({ default: '/var/lib/etcd', doc: 'Where a member keeps its data.' }),
  clientPort: int({ default: 2379, min: 1, max: 65_535, doc: 'On which port clients are answered.' }),
  peerPort: int({ default: 2380, min: 1, max: 65_535, doc: 'On which port members speak to each other.' }),
  metricsUrl: string({
    default: 'http://127.0.0.1:2381',
    doc: 'Where health and metrics are told without a certificate.',
  }),
  heartbeat: duration({ default: '100ms', doc: 'How often the leader is heard.' }),
  election: duration({ default: '1s', doc: 'After how long without the leader another one is elected.' }),
  snapshotCount: int({
    default: 10_000,
    min: 1,
    doc: 'After how many changes a member writes down its state.',
  }),
  quotaMb: int({ default: 2048, min: 16, doc: 'How large its data may grow before it takes no more.' }),
  compaction: string({
    default: '8h',
    doc: 'How long the history of keys is kept, as 8h; 0 where somebody else compacts, as Kubernetes does.',
  }),
  settings: record(string(), {
    default: {},
    doc: 'Anything else for etcd.conf.yml, by its name there: {max-request-bytes: "10485760"}.',
  }),
  external: object(
    {
      endpoints: list(string(), { default: [], doc: 'Its addresses: [https://10.0.0.1:2379].' }),
      ca: string({
        optional: true,
        doc: 'A file on the controller: the authority that it trusts, and is of.',
      }),
      cert: string({ optional: true, doc: 'A file on the controller: the certificate of its client.' }),
      key: string({ optional: true, doc: 'A file on the controller: the key of that certificate.' }),
    },
    { doc: 'An etcd of somebody else, for the type external.' },
  ),
  deadlines: object(
    {
      start: duration({ default: '2m', doc: 'For a member to say that it is up.' }),
      ready: duration({ default: '1m', doc: 'For the members to agree after that.' }),
      sync: duration({ default: '10m', doc: 'For a new member to catch up, and a restart to end.' }),
    },
    { doc: 'How long is waited.' },
  ),
})

export type Etcd = Infer<typeof etcd>

/** So long may etcd do without a leader before that is taken for more than elections. */
export const electionPatience = '12s'
