import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { noInstallation, parseInstalled } from '../../../lib/kube/no-installation.ts'
import { readScript, removeScript } from '../../../lib/kube/installation-scripts.ts'
import { kindOf } from '../../../lib/task/kind.ts'
import { installationOf, serviceOf } from '../../../roles/k3s/installation.ts'
import { products } from '../../../roles/k3s/product.ts'
import { suite } from '../../support/suite.ts'

const test = suite('kube/no-installation')

test('what is told of an installation is counted and named', () => {
  const text = `unit k3s.service
process 41
process 42
mount /var/lib/kubelet/pods/a b/volume
link cni0
rules 3
path /run/k3s
path /var/lib/rancher/k3s
`
  const found = parseInstalled(text)
  assert.equal(found, {
    is: 'installation',
    units: ['k3s.service'],
    processes: 2,
    mounts: ['/var/lib/kubelet/pods/a b/volume'],
    links: ['cni0'],
    rules: 3,
    paths: ['/run/k3s', '/var/lib/rancher/k3s'],
  })
  const { spec } = noInstallation({ name: 'x', units: [] })
  assert.equal(kindOf('noInstallation').want(found, spec, {} as never), parseInstalled('rules 0\n'))
})

for (const product of Object.values(products)) {
  test(`the scripts for ${product.name} are ones for any shell, whatever the data folder is called`, () => {
    for (const installation of [serviceOf(product), installationOf(product, "/srv/it's mine")]) {
      for (const script of [readScript, removeScript])
        execFileSync('sh', ['-n'], { input: script(installation) })
    }
  })
}

test('nothing is found of an installation that is nowhere', () => {
  const nowhere = { ...installationOf(products.k3s, '/nonexistent/data'), units: [], links: ['nolink*'] }
  const script = readScript({
    ...nowhere,
    rules: [],
    mounts: ['/nonexistent/*'],
    paths: ['/nonexistent/*'],
    emptied: [],
  })
  assert.is(execFileSync('sh', { input: script, encoding: 'utf8' }), 'rules 0\n')
})
