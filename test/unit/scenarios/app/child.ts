// One process on the fake host that a file holds: runs the role, resumes or reverts; kills itself at a moment.
import { join } from 'node:path'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { watching } from '../../../support/moments.ts'
import { app, vars } from './index.ts'

const [, , verb, folder = '', killedAt] = process.argv
const file = join(folder, 'host.json')
const host = FakeHost.load(file)
const cluster = new FakeCluster([host], folder)
const last = cluster.store.list().at(-1)
const options = {
  ...vars(),
  ...watching(cluster, (after) => {
    host.save(file)
    if (after === killedAt) process.kill(process.pid, 'SIGKILL')
  }),
}

if (verb === 'run' || last === undefined) await cluster.run(app, options)
else if (verb === 'resume') await cluster.resume(last, app, options)
else await cluster.revert(last, app, options)
host.save(file)
