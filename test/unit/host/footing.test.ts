import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { askForRoot, footingOf, rootFooting } from '../../../lib/host/footing.ts'
import { releaseLock, takeLock, thisHolder, type RunScript } from '../../../lib/host/lock.ts'
import { ourPaths, ourPathsUnder, placeOf } from '../../../lib/host/paths.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('host/footing')

function saying(text: string): RunScript {
  return async () => ({ code: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0), dropped: 0 })
}

test('root has the folders of the system, everybody else a place at home, by machine and by boot', async () => {
  const root = 'uid=0(root) gid=0(root) groups=0(root)\n/root\nown\nboot1\nmachine1\n'
  assert.is(await footingOf('h1', saying(root)), rootFooting)
  const deploy = 'uid=1001(deploy) gid=100(users) groups=100(users)\n/home/de ploy\nown\nboot1\nmachine1\n'
  const { worker, paths } = await footingOf('h1', saying(deploy))
  assert.equal(worker, { owner: 'deploy', group: 'users', isRoot: false })
  assert.is(paths.before, '/home/de ploy/.local/state/troupe/machine1/before')
  assert.is(paths.lock, '/home/de ploy/.local/state/troupe/machine1/boot-boot1/lock')
  const nameless = 'uid=1001 gid=1001 groups=1001\n/h\nown\nb\nm\n'
  assert.equal((await footingOf('h1', saying(nameless))).worker, {
    owner: '1001',
    group: '1001',
    isRoot: false,
  })
})

test('who has no home of their own is told', async () => {
  const text = 'uid=65534(nobody) gid=65534(nogroup)\n/nonexistent\nnone\nboot1\nmachine1\n'
  try {
    await footingOf('h1', saying(text))
    assert.unreachable()
  } catch (error) {
    assert.match(String(error), 'h1 is worked on as nobody, who has no home folder')
    assert.match(String(error), 'HOME is "/nonexistent"')
  }
})

test('what is ours has one name and a place a user; nothing else is moved', () => {
  const paths = ourPathsUnder('/h/troupe', '/h/troupe/boot-1')
  assert.is(placeOf('/var/lib/troupe/commands/x', paths), '/h/troupe/commands/x')
  assert.is(placeOf('/run/troupe/units/x', paths), '/h/troupe/boot-1/units/x')
  assert.is(placeOf('/var/lib/trouper', paths), '/var/lib/trouper')
  assert.is(placeOf('/run/troupe/lock', ourPaths), '/run/troupe/lock')
})

test('only who is not root is told to become root, and only where rights are what is missing', () => {
  const deploy = { owner: 'deploy', group: 'deploy', isRoot: false }
  assert.match(askForRoot(deploy, 'mkdir: /etc/x: Permission denied') ?? '', 'Become root with --become')
  assert.is(askForRoot(deploy, 'mkdir: /etc/x: No such file or directory'), undefined)
  assert.is(askForRoot(rootFooting.worker, 'Permission denied'), undefined)
})

test('a lock at home clears what earlier boots left, and leaves no folder behind', async () => {
  const home = scratchFolder()
  const troupe = join(home, '.local/state/troupe')
  const paths = ourPathsUnder(`${troupe}/m 1`, `${troupe}/m 1/boot-new`)
  mkdirSync(join(troupe, 'm 1/boot-old'), { recursive: true })
  writeFileSync(join(troupe, 'm 1/boot-old/changed'), '[]')
  const run: RunScript = async (script) => {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script])
    return { code: 0, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), dropped: 0 }
  }
  const holder = thisHolder('run1')
  await takeLock('h1', run, holder, paths)
  assert.equal(readdirSync(join(troupe, 'm 1')), ['boot-new'])
  assert.ok(existsSync(paths.lock))
  await releaseLock(run, holder, paths)
  assert.equal(readdirSync(home), [])
})
