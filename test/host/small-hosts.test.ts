import * as assert from 'uvu/assert'
import type { System } from '../lab/base.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { countOf, expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('small hosts')
const systems: readonly System[] = ['busybox', 'bookworm-bare']
/** busybox of Debian has nothing to add users with. */
const preparing: Readonly<Record<string, string>> = {
  busybox: "echo 'web:x:1000:1000::/home/web:/bin/sh' >>/etc/passwd; echo web:x:1000: >>/etc/group",
}
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: systems.length, os: systems })
})
test.after(() => lab.destroy())

for (const [index, system] of systems.entries()) {
  test(
    `a host with ${system} is checked, changed, left alone and taken back, as anybody`,
    async () => {
      const host = lab.hosts[index]
      if (host === undefined) throw new Error(`The lab has no host ${index}.`)
      await host.must(`printf '# theirs\\n' >/etc/given; ${preparing[system] ?? ':'}`)
      const account = preparing[system] === undefined ? ' anywhere.account=web' : ''
      const before = await host.fingerprint()
      const on = new PlaybookOnLab(lab, 'anywhere')
      const wanted = `anywhere.folder=/etc/own anywhere.given=/etc/given anywhere.as=web${account}`
      const args = ['-l', host.name, '-e', wanted]

      const check = await on.check(args)
      expectCode(check, 0, 'the check')
      assert.equal(diffFingerprints(before, await host.fingerprint()), [])

      const run = await on.run(args)
      expectCode(run, 0, 'the run')
      assert.equal(Object.keys(resourcesOf(check)), Object.keys(resourcesOf(run)))
      assert.is(countOf(run, 'changed'), Object.keys(resourcesOf(run)).length)
      assert.is(
        await host.must('cat /tmp/whose "/etc/own/it\'s small"; wc -c </etc/own/large; cat /etc/given'),
        'web\nsmall $(no) `no` \\ "yes"\n262144\n# theirs\nours = 1\n# BEGIN anywhere\na\nb\n# END anywhere\n',
      )
      assert.match(await host.must('id web'), 'web')

      const again = await on.run(args)
      expectCode(again, 0, 'the second run')
      assert.is(countOf(again, 'changed'), 0)

      expectCode(await on.revert(run, args), 0, 'the revert')
      await on.revert(again, args)
      const left = diffFingerprints(before, await host.fingerprint())
      assert.equal(
        left.filter((line) => !backups.test(line)),
        [],
      )
    },
    { timeoutMs: 120_000 },
  )

  test(
    `a run is killed in a job on ${system}, and resumed`,
    async () => {
      const host = lab.hosts[index]
      if (host === undefined) throw new Error(`The lab has no host ${index}.`)
      const on = new PlaybookOnLab(lab, 'anywhere')
      const wanted = 'anywhere.folder=/etc/own anywhere.given=/etc/given anywhere.seconds=5'
      const args = ['-l', host.name, '-e', wanted]
      const killed = await on.killed(
        (event) => event.type === 'resource' && event.id.startsWith('block:'),
        args,
      )
      expectCode(await on.resume(), 0, 'the resumed run')
      assert.match(await host.must('cat /etc/own/told'), /^root\n/)
      expectCode(await on.revert(killed, args), 0, 'the revert')
      assert.is(await host.must('ls -d /etc/own 2>/dev/null || true; cat /etc/given'), '# theirs\n')
    },
    { timeoutMs: 120_000 },
  )
}

/** What the programs that add and remove users leave of their own accord. */
const backups = /path .*\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-/
