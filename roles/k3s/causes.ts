import { quote } from '../../lib/host/command.ts'
import type { HostReader } from '../../lib/host/host.ts'
import type { Explained, FailedTask } from '../../lib/play/role.ts'
import { products } from './product.ts'
import type { K3sVars } from './vars.ts'

/** A cause that is known by what programs say, and what is to be done about it. */
interface Cause {
  readonly sign: RegExp
  readonly message: string
  readonly advice: string
}

/** The first sign that is found counts: those that speak plainest stand first. */
export const causes: readonly Cause[] = [
  {
    sign: /token CA hash does not match/i,
    message: 'The token is of an older or another cluster: its CA hash is not that of the server.',
    advice: 'Leave k3s.token out, so that it is read back from a server; see docs/tokens.md.',
  },
  {
    sign: /Node password rejected|node password/i,
    message: 'The cluster knows another host under this name: the node password is rejected.',
    advice:
      'Was it installed anew? Remove the old node first: playbooks/remove_node.ts -e node=NAME, then run again.',
  },
  {
    sign: /critical configuration (value )?mismatch/i,
    message: 'Settings that have to be the same on all servers are not.',
    advice: 'The log names them; set them in group_vars of all servers.',
  },
  {
    sign: /certificate has expired or is not yet valid|x509: certificate is not valid yet/i,
    message: 'A certificate is not valid at this time: the clocks of hosts differ, or it has expired.',
    advice: 'Compare the clocks: playbooks/prepare.ts sets up time synchronisation.',
  },
  {
    sign: /address already in use|bind: address/i,
    message: 'A port that is needed is taken.',
    advice: 'See who holds it: ss -ltnp. playbooks/preflight.ts names the program.',
  },
  {
    sign: /no space left on device|disk quota exceeded|DiskPressure|evicted/i,
    message: 'The disk is full, or so full that the node gives pods away.',
    advice: 'Make room in the data folder, and below /var/lib; more than 15 % has to stay free.',
  },
  {
    sign: /out of memory|oom-kill|Killed process|cannot allocate memory/i,
    message: 'There is not enough memory.',
    advice: 'A server needs 2 GB, an agent 1 GB: give the host more, or stop what else runs there.',
  },
  {
    sign: /too many learner members/i,
    message: 'Another server is joining, and etcd takes one at a time.',
    advice: 'Servers are joined one by one: is another installation at work? Wait for it, then run again.',
  },
  {
    sign: /401 Unauthorized|not authorized|invalid token/i,
    message: 'The server does not take the token.',
    advice: 'Leave k3s.token out, so that it is read back from a server; see docs/tokens.md.',
  },
  {
    sign: /no route to host|network is unreachable|i\/o timeout|context deadline exceeded.*cacerts|does not answer/i,
    message: 'The server cannot be reached from this host: a firewall or a network stands between.',
    advice: 'Open the port of the API between the hosts: system_tuning.firewall set to open does that.',
  },
  {
    sign: /connection refused/i,
    message: 'Nobody listens on the server: its service is down.',
    advice: 'Look at it on that host: systemctl status, journalctl -u.',
  },
  {
    sign: /cni config uninitialized|cni plugin not initialized/i,
    message: 'The network of pods is not there yet: no CNI is configured.',
    advice: 'Let the network plugin be installed, or set network.plugin to flannel.',
  },
  {
    sign: /ImagePullBackOff|ErrImagePull|failed to pull image/i,
    message: 'An image cannot be pulled.',
    advice: 'Set k3s.images to archive, or name a mirror in k3s.registries.',
  },
  {
    sign: /token file .*no such file|failed to read token|token.*not found/i,
    message: 'The file of the token is not there: the server has not come up.',
    advice: 'Let the initial server come up first: run the playbook without deploy_stage.',
  },
  {
    sign: /kubeadm-certs/i,
    message: 'The certificates that joining servers fetch are gone: they are kept for two hours.',
    advice: 'Upload them again: kubeadm init phase upload-certs --upload-certs.',
  },
  {
    sign: /can not mix '--config'|mixed with/i,
    message: 'kubeadm takes either --config or other flags.',
    advice: 'Put all of it into the configuration file.',
  },
  {
    sign: /stable\.txt|could not fetch a Kubernetes version/i,
    message: 'The newest version was asked for on the network, which is not reached from here.',
    advice: 'Set kubernetes.version.',
  },
]

export function causeIn(text: string): Cause | undefined {
  return causes.find(({ sign }) => sign.test(text))
}

/** Looks at unit, journal, events and configuration of the host, and names the cause where it is a known one. */
export async function explain({ error, host }: FailedTask<K3sVars>): Promise<Explained> {
  const seen = await lookedAt(host)
  const cause = causeIn(error.message) ?? causeIn(seen.map(({ text }) => text).join('\n'))
  if (cause === undefined) return { seen }
  return { message: cause.message, advice: cause.advice, seen }
}

const maskedKeys = 'token|agent-token|datastore-endpoint|password|secret'

/** One round trip; what is not there says nothing. */
async function lookedAt(
  host: HostReader,
): Promise<readonly { readonly what: string; readonly text: string }[]> {
  const parts = Object.values(products).flatMap(({ name, units, configFolder, program, kubeconfig }) => [
    ...Object.values(units).flatMap((unit) => [
      [
        `The state of ${unit}`,
        `systemctl show -p ActiveState,SubState,Result,ExecMainStatus,NRestarts ${unit}`,
        `systemctl cat ${unit}`,
      ],
      [`The last lines of ${unit}`, `journalctl --no-pager -o cat -n 40 -u ${unit}`, `systemctl cat ${unit}`],
    ]),
    [
      `${configFolder}/config.yaml, without secrets`,
      `sed -E 's/^([[:space:]]*(${maskedKeys}):).*/\\1 «secret»/' ${configFolder}/config.yaml`,
      `test -f ${configFolder}/config.yaml`,
    ],
    [
      'Events of the cluster',
      `timeout 10 ${name === 'k3s' ? `${program} kubectl` : '/var/lib/rancher/rke2/bin/kubectl'} --kubeconfig ${kubeconfig} get events -A --sort-by=.lastTimestamp | tail -n 20`,
      `test -f ${kubeconfig}`,
    ],
  ])
  const script = parts.map(([what = '', command, unless]) => {
    return `if ${unless} > /dev/null 2>&1; then printf '%s%s\\n' ${quote(mark)} ${quote(what)}; { ${command}; } 2>&1; fi`
  })
  const { stdout } = await host.query({ text: `${script.join('\n')}\ntrue` }, { timeoutMs: 60_000 })
  return stdout
    .split(mark)
    .slice(1)
    .flatMap((part) => {
      const [what = '', ...lines] = part.split('\n')
      const text = lines.join('\n').trim()
      return text === '' ? [] : [{ what, text }]
    })
}

const mark = '==> '
