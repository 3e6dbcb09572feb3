import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { processesOf } from '../lab/machine.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeOptions, type TroupeRun } from '../support/troupe.ts'

const test = suite('host/secrets')
const long = { timeoutMs: 90_000 }
const folder = mkdtempSync(join(tmpdir(), 'troupe-secrets-'))
const playbook = join(import.meta.dirname, '../playbooks/secrets.ts')
let lab: Lab
let host: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  const [first] = lab.hosts
  if (first === undefined) throw new Error('the lab has no host')
  host = first
})
test.after(async () => {
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

const plain = () => randomBytes(30).toString('base64url')
/** Everything that some notation has to quote, and enough chance to be told from all else. */
const awkward = () => `${randomBytes(9).toString('base64url')}'"$HO \`id\` \\n%s&<x>;#+/=ß!*(`

/** Every way in which a secret may stand somewhere; parts of it count as well. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((start) => {
    const text = Buffer.concat([Buffer.alloc(start), bytes]).toString('base64')
    return text.slice(Math.ceil((start * 4) / 3), Math.floor(((start + bytes.length) * 4) / 3))
  })
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const url = encodeURIComponent(secret)
  const strict = url.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const parts = Array.from({ length: secret.length - 15 }, (_, start) => secret.slice(start, start + 16))
  return [
    ...parts,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    json,
    ascii,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(ascii).slice(1, -1),
    url,
    strict,
    strict.replaceAll('%20', '+'),
    strict.replaceAll('%2F', '/'),
    secret.replaceAll("'", String.raw`'\''`),
    secret.replaceAll("'", `'"'"'`),
    bytes.toString('hex'),
  ]
}

function assertClean(what: string, text: string, secrets: readonly string[]): void {
  const lines = text.split('\n')
  for (const form of secrets.flatMap(formsOf)) {
    const line = lines.find((candidate) => candidate.includes(form))
    if (line !== undefined) throw new Error(`A secret stands in ${what}, as ${form}:\n${line.slice(0, 2000)}`)
  }
}

/** All files below a folder, each with its content; none of them may be for others to read. */
function filesBelow(path: string): readonly (readonly [string, string])[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => {
      assert.is(statSync(file).mode & 0o077, 0, `${file} is for others to read`)
      return [file, readFileSync(file, 'utf8')] as const
    })
}

/** Looks at all processes of the host again and again: their command lines and environments. */
function watchProcesses(): () => string {
  const seen = new Set<string>()
  const timer = setInterval(() => {
    for (const pid of processesOf(host.record)) {
      for (const part of ['cmdline', 'environ']) {
        try {
          seen.add(readFileSync(`/proc/${pid}/${part}`, 'utf8').replaceAll('\0', ' '))
        } catch {
          // It ended meanwhile.
        }
      }
    }
  }, 5)
  return () => {
    clearInterval(timer)
    return [...seen].join('\n')
  }
}

/** The files of the host that hold a secret, as `MODE OWNER PATH`. */
async function holdersOn(secrets: readonly string[]): Promise<readonly string[]> {
  const search = [
    `grep -rlsaF -f - /etc /var /run /root /home /tmp /srv /opt /dev/shm <<'FORMS' | sort -u | xargs -r stat -c '%a %U %n'`,
    ...secrets.flatMap(formsOf),
    'FORMS',
  ]
  return (await host.must(search.join('\n'))).split('\n').filter((line) => line !== '')
}

/** The same, while the job that spills them is at work. */
async function holdersDuringTheSpill(secrets: readonly string[]): Promise<readonly string[]> {
  await host.must('for i in $(seq 300); do [ ! -e /run/spilling ] || exit 0; sleep 0.1; done; exit 1')
  try {
    return await holdersOn(secrets)
  } finally {
    await host.must('touch /run/looked')
  }
}

const stateOf = (name: string) => join(folder, name, 'state')

/** An inventory of the one host, logged in to as `admin`, with these variables for all. */
function inventory(name: string, vars: object): string {
  const file = join(folder, name, 'cluster.ini')
  mkdirSync(join(folder, name, 'group_vars'), { recursive: true })
  writeFileSync(file, `${host.name} ansible_host=${host.address}\n`)
  writeFileSync(join(folder, name, 'group_vars/all.yml'), JSON.stringify(vars))
  return file
}

function way(login: string): object {
  return {
    ansible_user: 'admin',
    ansible_password: login,
    ansible_become: true,
    ansible_become_password: login,
    ansible_ssh_known_hosts_file: lab.knownHostsFile,
  }
}

function run(name: string, args: readonly string[], options: Partial<TroupeOptions> = {}) {
  return troupe(playbook, args, { state: stateOf(name), ...options })
}

/** The same as a user without `--json` sees it, where there is no terminal. */
function console(name: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', playbook, ...args], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, TROUPE_STATE: stateOf(name) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => said.push(data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said: Buffer.concat(said).toString() }))
  })
}

for (const [kind, make] of Object.entries({ plain, awkward })) {
  test(
    `a secret of ${kind} letters appears in no sink, no process list and no file but its own`,
    async () => {
      const [login, token, extra] = [make(), make(), make()]
      const secrets = [login, token, extra]
      for (const secret of secrets) assert.is(secret.length, 40)
      await host.must(
        `chpasswd <<'PASSWORD'\nadmin:${login}\nPASSWORD\nrm -rf /etc/secrets /run/spilling /run/looked`,
      )
      const file = inventory(kind, { ...way(login), secrets: { token, failing: true } })
      const log = join(folder, kind, 'log.jsonl')
      const given = kind === 'plain' ? `secrets.extra=${extra}` : JSON.stringify({ secrets: { extra } })
      const flags = ['-i', file, '-e', given, '-vvvv', '-D']

      const processes = watchProcesses()
      let during: Promise<readonly string[]> | undefined
      const junit = join(folder, kind, 'report.xml')
      const ran = await run(kind, [...flags, '--log-file', log, '--junit', junit], {
        onEvent: ({ type, task }) => {
          if (type === 'task-started' && task === 'Fail with it') during = holdersDuringTheSpill(secrets)
        },
      })
      const lists = processes()
      assert.is(ran.code, 2, ran.stderr)
      // It is seen that they would have seen it.
      for (const said of [ran.stdout, ran.stderr, readFileSync(log, 'utf8'), readFileSync(junit, 'utf8')]) {
        assert.match(said, /cannot work with that/)
        assert.ok(said.includes('given on standard output: «secret»'), said)
      }
      for (const seen of ['umask 077; sleep 1; cat', 'umask 077; cat > "$1"; sleep 0.3', 'import base64']) {
        assert.ok(lists.includes(seen), `no process list shows ${seen}`)
      }

      assertClean('the JSON', ran.stdout, secrets)
      assertClean('the console', ran.stderr, secrets)
      assertClean('the log file', readFileSync(log, 'utf8'), secrets)
      assertClean('the JUnit report', readFileSync(junit, 'utf8'), secrets)
      assertClean('a process list', lists, secrets)
      for (const [path, text] of filesBelow(stateOf(kind))) assertClean(path, text, secrets)
      assertClean("the host's journal", await host.must('journalctl -q --no-pager -o verbose'), secrets)

      const own = ['handed', 'of-host', 'rendered', 'taken', 'token'].map(
        (name) => `600 root /etc/secrets/${name}`,
      )
      const holders = (await during) ?? []
      assert.equal(
        holders.filter((line) => line.includes('/etc/secrets/')),
        own,
      )
      assert.ok(
        holders.some((line) => line.includes('/run/troupe/jobs/')),
        'the job was over already',
      )
      for (const line of holders) assert.match(line, /^600 root /)
      assert.equal(await holdersOn(secrets), own)

      const resumed = await run(kind, ['-i', file, '--resume'])
      assert.is(resumed.code, 1, resumed.stderr)
      assert.match(
        resumed.stderr,
        /command line of this run held a secret.*\nStart the playbook with the same flags/,
      )

      const alone = await console(kind, flags)
      assert.is(alone.code, 2, alone.said)
      assert.match(alone.said, /given on standard output: «secret»/)
      assertClean('the console without --json', alone.said, secrets)
      for (const [path, text] of filesBelow(stateOf(kind))) assertClean(path, text, secrets)
      assert.equal(await holdersOn(secrets), own)
    },
    long,
  )
}

test(
  'a secret is rotated and put back, and gives way to a plain file, and nothing shows it',
  async () => {
    const name = 'rotation'
    const [login, ...versions] = [plain(), plain(), plain(), plain()]
    const secrets = [login, ...versions]
    const [v1, v2, v3] = versions
    await host.must(`chpasswd <<'PASSWORD'\nadmin:${login}\nPASSWORD\nrm -rf /etc/secrets /var/lib/troupe`)
    const said: string[] = []
    const token = async () => {
      const [mode, content] = (
        await host.must("stat -c %a /etc/secrets/token 2>/dev/null && cat /etc/secrets/token || echo 'none'")
      ).split('\n')
      return mode === 'none' ? mode : `${mode} ${content}`
    }
    const heard = async (args: readonly string[], vars: object): Promise<TroupeRun> => {
      const file = inventory(name, { ...way(login), ...vars })
      const ran = await run(name, ['-i', file, '-vvvv', ...args])
      assert.is(ran.code, 0, ran.stderr)
      said.push(ran.stdout, ran.stderr)
      for (const line of await holdersOn(secrets)) assert.match(line, /^600 root /)
      return ran
    }
    const ids: string[] = []
    for (const version of versions) {
      const ran = await heard(['-D'], { secrets: { token: version } })
      ids.unshift(ran.events[0]?.run ?? '')
      assert.is(await token(), `600 ${version}`)
    }
    // Nobody knows the secret by now: what is not shown is not known to be one.
    const replaced = await heard(['-D'], {})
    ids.unshift(replaced.events[0]?.run ?? '')
    assert.is(await token(), '644 nothing secret')

    for (const [index, before] of [`600 ${v3}`, `600 ${v2}`, `600 ${v1}`, 'none'].entries()) {
      await heard(['--revert', ids[index] ?? ''], {})
      assert.is(await token(), before)
    }
    assertClean('what was said', said.join('\n'), secrets)
    for (const [path, text] of filesBelow(stateOf(name))) assertClean(path, text, secrets)
    assert.equal(await holdersOn(secrets), [])
  },
  long,
)
