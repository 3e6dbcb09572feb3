import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { base } from '../lab/base.ts'
import { attempt } from '../lab/command.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { countOf, expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('connections')
const folder = mkdtempSync(join(tmpdir(), 'troupe-connections-'))
const path = process.env['PATH'] ?? ''
const nobody = 65_534
let lab: Lab
let host: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  const [first] = lab.hosts
  if (!first) throw new Error('The lab has no host.')
  host = first
})
test.after(async () => {
  process.env['PATH'] = path
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

/** An inventory of one host, and the playbook that is tried on it. */
function on(line: string): PlaybookOnLab {
  const inventoryFile = join(mkdtempSync(join(folder, 'inventory-')), 'hosts.ini')
  writeFileSync(inventoryFile, `${line}\n`)
  return new PlaybookOnLab({ inventoryFile }, 'anywhere')
}

/** Check, run, second run and revert; `look` tells what stands there, and `there` is asked while all of it does. */
async function wholeRound(
  playbook: PlaybookOnLab,
  args: readonly string[],
  look: () => string | Promise<string>,
  there: () => Promise<void>,
): Promise<void> {
  const before = await look()
  const check = await playbook.check(args)
  expectCode(check, 0, 'the check')
  assert.is(await look(), before)
  const run = await playbook.run(args)
  expectCode(run, 0, 'the run')
  assert.is(countOf(run, 'changed'), Object.keys(resourcesOf(check)).length)
  await there()
  const again = await playbook.run(args)
  expectCode(again, 0, 'the second run')
  assert.is(countOf(again, 'changed'), 0)
  expectCode(await playbook.revert(run, args), 0, 'the revert')
  await playbook.revert(again, args)
  assert.is(await look(), before)
}

const wanted = (under: string) => ['-e', `anywhere.folder=${under}/own anywhere.given=${under}/given`]

/** A container in the lab host, and its tool here: `podman` hands all it is told on to the one over there. */
async function startContainer(): Promise<void> {
  await host.must(
    'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends podman crun busybox-static',
    { timeoutMs: 200_000 },
  )
  // Overlays cannot stand on the overlay that the lab host stands on.
  await host.must(`cat >/etc/containers/storage.conf <<'CONF'
[storage]
driver = "vfs"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
CONF
    cd /srv && mkdir -p web && cd web && mkdir -p bin etc proc run dev sys tmp var/lib root
    cp /bin/busybox bin/ && for name in $(bin/busybox --list); do [ -e bin/$name ] || ln -s busybox bin/$name; done
    echo root:x:0:0:root:/root:/bin/sh >etc/passwd; echo root:x:0: >etc/group; echo '# theirs' >etc/given
    podman run --detach --name web --network none --cgroups=disabled --rootfs /srv/web sleep 1000`)
  const tool = join(folder, 'podman')
  const ssh = `ssh -i ${lab.keyFile} -o UserKnownHostsFile=${lab.knownHostsFile} root@${host.address}`
  writeFileSync(tool, `#!/bin/bash\nprintf -v words '%q ' podman "$@"\nexec ${ssh} "$words"\n`)
  chmodSync(tool, 0o755)
  process.env['PATH'] = `${folder}:${path}`
}

test(
  'a container is reached by the tool that runs it, or by any command that gives a shell in it',
  async () => {
    await startContainer()
    const look = () => host.must('cd /srv/web && ls -lR etc run tmp var root --time-style=+; cat etc/given')
    const there = async () => {
      const told = 'podman exec web cat /etc/own/told; podman exec web sha256sum /etc/own/large'
      assert.match(await host.must(told), /^root\n\/root\na "word" of 'ours'\n[0-9a-f]{64} /)
    }
    const lines = [
      'other ansible_connection=containers.podman.podman ansible_host=web ansible_user=root',
      `other ansible_connection=command troupe_command="podman exec -i web sh"`,
    ]
    for (const line of lines) await wholeRound(on(line), wanted('/etc'), look, there)
    const stopped = await on('gone ansible_connection=podman').run(wanted('/etc'))
    expectCode(stopped, 4, 'a run on no container')
    assert.match(stopped.stderr, /"podman exec -i gone sh -c 'exit 0'" should give a shell/)
  },
  { timeoutMs: 300_000 },
)

test(
  'a file system is worked in by chroot, on this machine',
  async () => {
    const root = join(folder, 'root')
    const from = await base('busybox')
    const filter = (path: string) => !path.startsWith(join(from, 'dev/'))
    cpSync(from, root, { recursive: true, verbatimSymlinks: true, filter })
    writeFileSync(join(root, 'dev/null'), '')
    writeFileSync(join(root, 'etc/given'), '# theirs\n')
    const enter = join(folder, 'enter')
    // What is mounted in a name space of its own goes with the program.
    writeFileSync(
      enter,
      `exec unshare --mount sh -c 'mount -t proc proc "$0/proc" && mount --bind /dev/null "$0/dev/null" && exec chroot "$0" "$@"' ${root} /bin/sh "$@"\n`,
    )
    const look = () =>
      execFileSync('ls', ['-lR', '--time-style=+', join(root, 'etc'), join(root, 'var')]).toString()
    await wholeRound(
      on(`image ansible_connection=command troupe_command="sh ${enter}"`),
      wanted('/etc'),
      look,
      async () => {
        assert.match(readFileSync(join(root, 'etc/own/told'), 'utf8'), /^root\n/)
        assert.is(readFileSync(join(root, 'etc/given'), 'utf8').split('\n')[1], 'ours = 1')
      },
    )
  },
  { timeoutMs: 120_000 },
)

test(
  'this machine is worked on as whoever starts the run, who need not be root',
  async () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    writeFileSync(join(home, 'given'), '# theirs\n')
    for (const each of [home, join(home, 'given')]) chownSync(each, nobody, nobody)
    chmodSync(folder, 0o755)
    // The Node that runs this may stand where nobody else comes.
    const node = join(folder, 'node')
    copyFileSync(process.execPath, node)
    const playbook = join(import.meta.dirname, '../playbooks/anywhere.ts')
    const asNobody = async (code: number, ...args: readonly string[]) => {
      const ended = await attempt('setpriv', [
        `--reuid=${nobody}`,
        `--regid=${nobody}`,
        '--clear-groups',
        'env',
        `HOME=${home}`,
        `TROUPE_STATE=${join(home, 'state')}`,
        node,
        '--import',
        'tsx',
        playbook,
        '-i',
        'here,',
        '--connection=local',
        ...wanted(home),
        ...args,
      ])
      if (ended.code !== code) throw new Error(`${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}`)
    }
    await asNobody(0, '--check')
    assert.equal(readdirSync(home), ['given'])
    await asNobody(3, '--detailed-exitcode')
    assert.match(readFileSync(join(home, 'own/told'), 'utf8'), new RegExp(`^nobody\n${home}\n`))
    await asNobody(0, '--detailed-exitcode')
    for (const id of readdirSync(join(home, 'state/host-list/runs')).toReversed())
      await asNobody(0, '--revert', id)
    assert.equal(readdirSync(home).toSorted(), ['given', 'state'])
    assert.is(readFileSync(join(home, 'given'), 'utf8'), '# theirs\n')
  },
  { timeoutMs: 120_000 },
)
