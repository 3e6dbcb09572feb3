import {
  bool,
  defineVars,
  duration,
  int,
  list,
  object,
  oneOf,
  path,
  record,
  secret,
  string,
  type Infer,
} from '../../lib/vars/schema.ts'
import { datastore } from './datastore.ts'

export const vars = defineVars({
  method: oneOf('artifact', 'script', {
    default: 'artifact',
    doc: 'How the program comes: from a release, by checksum, with units of ours; or by the script of its makers.',
  }),
  images: oneOf('archive', 'pull', {
    default: 'archive',
    doc: 'Whether the images of the system are brought along with the program, or pulled by each node.',
  }),
  script: object(
    {
      url: string({
        optional: true,
        doc: 'Where the script is. Left out: where its makers or the mirror keep it.',
      }),
      sha256: string({ optional: true, doc: 'Its checksum; no script is run whose checksum is not given.' }),
    },
    { doc: 'The script of the makers, for the method of that name.' },
  ),
  mirrorProfile: oneOf('none', 'cn', {
    default: 'none',
    doc: 'Where releases, scripts and images come from: their usual places, or their mirrors in China.',
  }),
  token: secret({
    optional: true,
    doc: 'What joiners show. Left out: made when the cluster is founded, and read back from a server after that.',
  }),
  agentToken: secret({ optional: true, doc: 'What agents show, where it is not the token of the servers.' }),
  serverUrl: string({
    optional: true,
    doc: 'A server of a cluster outside of the inventory to join, https://10.0.0.1:6443; token is its full token then.',
  }),
  datastore: datastore({
    default: 'embedded',
    doc: 'Where the state is kept: embedded (etcd on the servers), sqlite (one server), or the address of a database.',
  }),
  tlsSan: list(string(), {
    default: [],
    doc: 'More names and addresses in the certificate of the API; servers, endpoint and VIP stand in it by themselves.',
  }),
  nodeName: string({
    optional: true,
    doc: 'Under which a host is a node. Left out: its name in the inventory.',
  }),
  nodeExternalIp: string({ optional: true, doc: 'The address of the node for those outside.' }),
  labels: record(string(), { default: {}, doc: 'Labels that a node gets when it joins.' }),
  taints: list(string(), {
    default: [],
    doc: 'Taints that a node gets when it joins, as key=value:NoSchedule.',
  }),
  serverPods: bool({
    default: true,
    doc: 'Whether pods of users run on servers, too; else they are tainted when they join.',
  }),
  disable: list(string(), {
    default: [],
    doc: 'Parts that are left out: traefik, servicelb, metrics-server.',
  }),
  disableNetworkPolicy: bool({ default: false, doc: 'Leaves network policies to somebody else.' }),
  disableKubeProxy: bool({ default: false, doc: 'Leaves services to somebody else.' }),
  clusterDns: string({
    optional: true,
    doc: 'The address of the DNS of the cluster. Left out: the tenth of the service network.',
  }),
  clusterDomain: string({ optional: true, doc: 'The domain of services. Left out: cluster.local.' }),
  flannelIface: string({ optional: true, doc: 'The interface that flannel uses.' }),
  secretsEncryption: bool({ default: false, doc: 'Encrypts secrets where the state is kept.' }),
  embeddedRegistry: bool({ default: false, doc: 'Lets nodes give images to each other.' }),
  selinux: bool({ default: false, doc: 'Lets containers be confined by SELinux.' }),
  protectKernelDefaults: bool({
    default: false,
    doc: 'Fails where kernel settings are not those of the kubelet.',
  }),
  dataDir: path({ optional: true, doc: 'Where all data stand. Left out: /var/lib/rancher/k3s, or rke2.' }),
  kubeconfigMode: string({ default: '0600', doc: 'The mode of the kubeconfig on servers.' }),
  systemDefaultRegistry: string({
    optional: true,
    doc: 'From which registry images of the system are pulled.',
  }),
  kubeletArgs: list(string(), { default: [], doc: 'More flags of the kubelet, as max-pods=200.' }),
  apiserverArgs: list(string(), { default: [], doc: 'More flags of the API server.' }),
  controllerManagerArgs: list(string(), { default: [], doc: 'More flags of the controller manager.' }),
  schedulerArgs: list(string(), { default: [], doc: 'More flags of the scheduler.' }),
  kubeProxyArgs: list(string(), { default: [], doc: 'More flags of kube-proxy.' }),
  etcdArgs: list(string(), { default: [], doc: 'More flags of etcd.' }),
  snapshots: object(
    {
      schedule: string({ default: '0 */12 * * *', doc: 'When etcd is saved, as cron has it.' }),
      retention: int({ default: 5, min: 1, doc: 'How many are kept.' }),
    },
    { doc: 'Of etcd, on every server.' },
  ),
  settings: record(string(), {
    default: {},
    doc: 'Anything else for config.yaml, by its name there; a value that is a JSON list becomes a list.',
  }),
  environment: record(secret(), { default: {}, doc: 'The environment of the service, such as HTTPS_PROXY.' }),
  registries: object(
    {
      mirrors: record(list(string()), {
        default: {},
        doc: 'Where images of a registry are pulled from, in order: {docker.io: [https://mirror.example.com]}.',
      }),
      auth: record(
        object({
          username: string({ doc: 'Who pulls.' }),
          password: secret({ doc: 'Of that user.' }),
        }),
        { default: {}, doc: 'Credentials by registry.' },
      ),
      tls: record(
        object({
          ca: path({ optional: true, doc: 'The authority of the registry, a file on the node.' }),
          cert: path({ optional: true, doc: 'Whom the node is to the registry.' }),
          key: path({ optional: true, doc: 'Of that certificate.' }),
          insecure: bool({ default: false, doc: 'Takes any certificate.' }),
        }),
        { default: {}, doc: 'How registries are trusted.' },
      ),
    },
    { doc: 'registries.yaml: from where nodes pull images.' },
  ),
  kubeconfig: object(
    {
      controller: string({
        default: '.troupe/kubeconfig',
        doc: 'Where the kubeconfig of the administrator is put on the controller, 0600; empty: nowhere.',
      }),
      merge: bool({
        default: false,
        doc: 'Merges it into a file that is there, under the name of the cluster.',
      }),
      loginUser: bool({ default: true, doc: 'Gives it to the login user of each server as ~/.kube/config.' }),
    },
    { doc: 'Who gets to be administrator.' },
  ),
  deadlines: object(
    {
      start: duration({ default: '10m', doc: 'For the service to say that it is up.' }),
      ready: duration({ default: '5m', doc: 'For API, etcd and node to be ready after that.' }),
      drain: duration({ default: '5m', doc: 'For the pods of a node to leave it.' }),
    },
    { doc: 'How long is waited.' },
  ),
  drain: object(
    {
      blocked: oneOf('stop', 'force', {
        default: 'stop',
        doc: 'When a disruption budget lets no pod go within the deadline: end there, or delete the pods.',
      }),
    },
    { doc: 'How a node is emptied before it leaves.' },
  ),
})

export type K3sVars = Infer<typeof vars>
