import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { containerImage, file } from '../../lib/resources/index.ts'
import { kindOf } from '../../lib/task/kind.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { bringTo, lookAt, withLabHost } from '../support/lab-session.ts'
import { ociArchive } from '../support/oci-archive.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/container-image')
const name = 'example.org/tiny:1'
const archive = '/opt/tiny.tar'
let lab: Lab

test.before(async () => {
  // A runtime cannot put an overlay of its own on an overlay.
  lab = await createLab({ hosts: 1, plainDirs: ['/var/lib/containerd'] })
})
test.after(() => lab.destroy())

test(
  'an image comes from an archive into containerd, and goes without a trace',
  async () => {
    const [at] = lab.hosts
    assert.ok(at)
    await withLabHost(lab, at, async (host) => {
      const resource = containerImage({ image: name, from: archive })
      await rejects(lookAt(host, resource), (error: Error) => {
        assert.match(error.message, /no container runtime on node1: it has no docker, no ctr, no podman/)
        return error instanceof NotYet
      })
      await at.must('apt-get update && apt-get install -y --no-install-recommends containerd', {
        timeoutMs: 200_000,
      })
      await rejects(lookAt(host, resource), /no archive \/opt\/tiny\.tar on node1/)

      await bringTo(host, file({ path: archive, content: ociArchive(name) }))
      const images = () => at.must('ctr -n k8s.io images ls -q')
      assert.is(await images(), '')
      const change = await bringTo(host, resource)
      assert.ok((await images()).split('\n').includes(name))
      const digest = (await at.must(`ctr -n k8s.io images ls | awk '$1 == "${name}" { print $3 }'`)).trim()
      assert.equal(await lookAt(host, containerImage({ image: name, digest })), { is: 'present', digest })
      await at.must(`ctr -n k8s.io images rm ${name}`)
      await bringTo(host, resource)
      await kindOf(resource.kind).apply(host, resource.ref, { from: change.to, to: change.from })
      assert.is(await images(), '')
      await at.must('systemctl stop containerd')
      await rejects(lookAt(host, resource), /container runtime of node1 does not answer ctr/)
    })
  },
  { timeoutMs: 300_000 },
)
