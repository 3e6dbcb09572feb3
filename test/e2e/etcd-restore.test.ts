import * as assert from 'uvu/assert'
import { startBucketServer, type BucketServer } from '../lab/bucket-server.ts'
import type { LabHost } from '../lab/host.ts'
import { EtcdLab, membersOf, newer } from '../playbooks/etcd-lab.ts'
import { expectCode } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

// The bucket is served by versitygw, a server of the S3 protocol over a folder, on loopback.
const test = suite('e2e: etcd restored onto other hosts, from a bucket')
const long = { timeoutMs: 15 * 60_000 }
let lab: EtcdLab
let buckets: BucketServer

test.before(async () => {
  buckets = await startBucketServer()
  buckets.makeBucket('etcd')
  lab = await EtcdLab.create({ hosts: 6 })
})
test.after(async () => {
  await lab[Symbol.asyncDispose]()
  await buckets.stop()
})

const vars = () => ({
  'etcd.version': newer,
  'backup.to': 's3',
  'backup.s3': {
    endpoint: buckets.endpoint,
    bucket: 'etcd',
    accessKey: buckets.accessKey,
    secretKey: buckets.secretKey,
  },
})

function ctl(host: LabHost): string {
  const pki = '/etc/etcd/pki'
  return `etcdctl --cacert ${pki}/ca.pem --cert ${pki}/admin-${host.name}.pem --key ${pki}/admin-${host.name}-key.pem --endpoints https://127.0.0.1:2379`
}

const revisionOn = async (host: LabHost) => {
  const told = await host.must(`${ctl(host)} endpoint status -w json`)
  return Number(/"revision":(\d+)/.exec(told)?.[1])
}

test(
  'three new hosts have the same keys and a higher revision, and a client that watched is told',
  async () => {
    const [old, fresh] = [{ members: [1, 2, 3] }, { members: [4, 5, 6] }]
    expectCode(await lab.on(old, vars()).run(['create']), 0, 'The cluster')
    await lab
      .host(1)
      .must(`for n in $(seq 1 200); do ${ctl(lab.host(1))} put key/$n value-$n; done > /dev/null`)
    expectCode(await lab.on(old, vars(), 'backup').run(['create']), 0, 'The backup')
    const [saved, keys] = [await revisionOn(lab.host(1)), await keysOn(lab.host(1))]
    await lab.host(1).must(`${ctl(lab.host(1))} put key/after-the-backup lost`)
    for (const number of [1, 2, 3]) await lab.host(number).powerOff()
    expectCode(await lab.on(fresh, vars(), 'restore').run(['-e', 'confirm=lab']), 0, 'The restore')
    assert.equal(await keysOn(lab.host(4)), keys)
    const revision = await revisionOn(lab.host(4))
    assert.ok(revision > saved, `${revision} after ${saved}`)
    const watch = `timeout 10 ${ctl(lab.host(5))} watch key/ --prefix --rev ${saved} 2>&1 || true`
    assert.match(await lab.host(5).must(watch), /compacted/)
    assert.equal(await membersOf(lab.on(fresh, vars())), {
      node4: `voter ${newer}`,
      node5: `voter ${newer}`,
      node6: `voter ${newer}`,
    })
    const again = await lab.on(fresh, vars()).run(['create', '--check', '--detailed-exitcode'])
    expectCode(again, 0, 'A check after the restore')
    console.log(`200 keys, revision ${saved} → ${revision}`)
  },
  long,
)

async function keysOn(host: LabHost): Promise<string> {
  return (await host.must(`${ctl(host)} get key/ --prefix`)).trim()
}
