import * as assert from 'uvu/assert'
import { causeIn, causes } from '../../../../roles/k3s/causes.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s: known causes')

/** What programs say, with a word of the cause that is to be named. */
const signs: readonly (readonly [string, RegExp])[] = [
  [
    'failed to validate token: token CA hash does not match the Cluster CA certificate hash: a != b',
    /CA hash/,
  ],
  [
    "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password'",
    /another host under/,
  ],
  ['critical configuration value mismatch between servers: ClusterIPRanges', /same on all servers/],
  ['tls: failed to verify certificate: x509: certificate has expired or is not yet valid', /clocks/],
  ['listen tcp :6443: bind: address already in use', /port/],
  ['write /var/lib/x: no space left on device', /disk is full/],
  ['The node was low on resource: the pod was evicted', /disk is full/],
  ['k3s.service: A process of this unit has been killed by the OOM killer: oom-kill', /memory/],
  ['etcdserver: too many learner members in cluster', /one at a time/],
  ['https://10.0.0.1:6443/v1-k3s/apiserver-bootstrap: 401 Unauthorized', /does not take the token/],
  ['dial tcp 10.0.0.1:6443: connect: no route to host', /firewall/],
  ['dial tcp 10.0.0.1:6443: connect: connection refused', /service is down/],
  ['container runtime network not ready: cni config uninitialized', /no CNI/],
  ['Back-off pulling image "x": ImagePullBackOff', /image cannot be pulled/],
  ['failed to read token: open token file /x: no such file or directory', /has not come up/],
  ['secret "kubeadm-certs" was not found in the "kube-system" namespace', /two hours/],
  ["can not mix '--config' with arguments [certificate-key]", /either --config/],
  ['could not fetch a Kubernetes version from the internet: unable to get URL stable.txt', /newest version/],
]

for (const [said, named] of signs) {
  test(`"${said.slice(0, 50)}" is explained`, () => assert.match(causeIn(said)?.message ?? '', named))
}

test('Every cause has a sign here, and what nobody knows has none', () => {
  const found = new Set(signs.map(([said]) => causeIn(said)))
  assert.equal(
    causes.filter((cause) => !found.has(cause)).map(({ message }) => message),
    [],
  )
  assert.is(causeIn('everything is fine'), undefined)
})
