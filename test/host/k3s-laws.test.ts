import { K3sLab } from '../playbooks/k3s-lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { keepsLawsInTurn, type Damage } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

/** The program is the stand-in for k3s; hosts, systemd and processes are real. */
const test = suite('k3s keeps the four laws (stand-in)')
const config = 'file:/etc/rancher/k3s/config.yaml'
let lab: K3sLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 2 })
})
test.after(() => lab[Symbol.asyncDispose]())

/** What the service writes while it runs, and what a revert sets aside of it. */
const written = (line: string) => line.includes(' /var/lib/rancher')

const damages = (): readonly Damage[] => [
  onServer('a setting was added', 'echo "disable: traefik" >> /etc/rancher/k3s/config.yaml', [config]),
  onServer('the settings can be read by all', 'chmod 644 /etc/rancher/k3s/config.yaml', [config]),
  onServer('registries were written by hand', 'echo "mirrors: {}" > /etc/rancher/k3s/registries.yaml', [
    'file:/etc/rancher/k3s/registries.yaml',
  ]),
  onServer('the unit was edited', 'echo "# by hand" >> /etc/systemd/system/k3s.service', [
    'file:/etc/systemd/system/k3s.service',
    'unit:k3s.service',
  ]),
  onServer('the service was stopped, for good', 'systemctl disable -q --now k3s', ['unit:k3s.service']),
  onServer('the program was altered', 'echo >> /usr/local/bin/k3s', ['download:/usr/local/bin/k3s']),
  onServer('a link to the program is gone', 'rm /usr/local/bin/kubectl', ['symlink:/usr/local/bin/kubectl']),
  onServer('the kubeconfig of the user is gone', 'rm /root/.kube/config', ['file:/root/.kube/config']),
  {
    title: 'a setting of the agent was changed',
    repairs: [config],
    do: () => lab.host(2).must('sed -i s/node-ip/node-external-ip/ /etc/rancher/k3s/config.yaml'),
  },
]

function onServer(title: string, script: string, repairs: readonly string[]): Damage {
  return { title, repairs, do: () => lab.host(1).must(script) }
}

test(
  'a server and an agent: honest, idempotent, repaired, and as they were found after a revert',
  async () => {
    const install = lab.playbook('install', lab.inventory({ servers: 1, agents: 1 }))
    await keepsLawsInTurn(new LabGround(install, lab.lab.hosts, [], written), damages())
  },
  { timeoutMs: 600_000 },
)
