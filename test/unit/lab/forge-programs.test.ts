import * as assert from 'uvu/assert'
import { flagsOf, markOf, partsOf } from '../../lab/forge/build.ts'
import { images } from '../../lab/forge/images.ts'
import { programs } from '../../lab/forge/programs.ts'
import { releases } from '../../lab/forge/releases.ts'
import { sources } from '../../lab/forge/versions.ts'
import { suite } from '../../support/suite.ts'

const test = suite('forge programs')
const names = programs.map(({ name }) => name)
const find = (name: string) => {
  const found = programs.find((program) => program.name === name)
  if (found === undefined) throw new Error(`there is no program ${name}`)
  return found
}

test('no two programs have one name, for they stand in one folder', () => {
  assert.equal(new Set(names).size, names.length)
})

test('every file and image is made of programs that are built', () => {
  const used = [
    ...releases.flatMap(({ holds }) => (typeof holds === 'string' ? [holds] : Object.values(holds))),
    ...images.flatMap((image) => Object.values(image.programs)),
  ]
  assert.equal(
    used.filter((name) => !names.includes(name)),
    [],
  )
})

test('no program is built for nothing', () => {
  const used = new Set([
    ...releases.flatMap(({ holds }) => (typeof holds === 'string' ? [holds] : Object.values(holds))),
    ...images.flatMap((image) => Object.values(image.programs)),
  ])
  assert.equal(
    names.filter((name) => !used.has(name)),
    [],
  )
})

test('a kubelet is stamped with its version', () => {
  const [, link = ''] = flagsOf(find('kubelet'))
  assert.match(link, `-X k8s.io/component-base/version.gitVersion=${sources.kubernetes.version}`)
  assert.not.match(link, 'static')
})

test('a program with parts in C is linked into one file', () => {
  const flags = flagsOf(find('runc'))
  assert.match(flags.join(' '), "-linkmode external -extldflags '-static'")
  assert.ok(flags.includes('-tags=seccomp,netgo,osusergo'))
})

test('another version, stamp or place of its main package is another build', () => {
  const kubelet = find('kubelet')
  const others = [
    { ...kubelet, source: { ...sources.kubernetes, version: 'v1.34.3' } },
    { ...kubelet, stamp: {} },
    { ...kubelet, main: 'cmd/kubeadm' },
  ]
  assert.equal(new Set([kubelet, ...others].map(markOf)).size, 4)
  assert.is(markOf(kubelet), markOf({ ...kubelet }))
})

test('parts that only a repository holds take the version that is named for them', () => {
  const goMod = [
    'replace (',
    '\tk8s.io/api => ./staging/src/k8s.io/api',
    '\tk8s.io/client-go => ./staging/src/k8s.io/client-go',
    '\texample.org/a => example.org/b v1.0.0',
    ')',
    'replace k8s.io/mount-utils => ./staging/src/k8s.io/mount-utils',
  ].join('\n')
  assert.is(
    partsOf(goMod, sources.kubernetes),
    'replace k8s.io/api => k8s.io/api v0.34.2\n' +
      'replace k8s.io/client-go => k8s.io/client-go v0.34.2\n' +
      'replace k8s.io/mount-utils => k8s.io/mount-utils v0.34.2\n',
  )
  assert.is(partsOf(goMod, sources.etcd), '')
})
