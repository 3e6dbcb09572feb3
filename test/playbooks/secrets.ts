import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import type { Hash } from '../../lib/host/host.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { command, directory, file, template } from '../../lib/resources/index.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import { defineResource } from '../../lib/task/kind.ts'
import { bool, defineVars, secret } from '../../lib/vars/schema.ts'

const folder = '/etc/secrets'

const vars = defineVars({
  token: secret({ optional: true, doc: 'From a file of variables; without it something plain is written.' }),
  extra: secret({ optional: true, doc: 'From the command line.' }),
  failing: bool({ default: false, doc: 'Whether a command fails while it says what it was given.' }),
})

/** Gives a secret to a command that is no job of its own: as the input of a shell that runs anyway. */
const handed = defineResource('handed', {
  make: ({ path, content }: { readonly path: string; readonly content: Secret }) => ({
    key: path,
    ref: { path },
    spec: { content },
  }),
  async read(host, refs) {
    const stats = await host.stat(refs.map(({ path }) => path))
    return stats.map((stat): { is: string; hash?: Hash } => {
      return stat.type === 'file' ? { is: 'there', hash: stat.hash } : { is: 'absent' }
    })
  },
  want: (_, { content }, context) => ({ is: 'there', hash: context.keep(content) }),
  async apply(host, { path }, { to }) {
    if (to.hash === undefined) return host.remove(path)
    await host.exec(sh`sh -c ${'umask 077; cat > "$1"; sleep 0.3'} handed ${path}`, {
      stdin: await host.bytes(to.hash),
    })
  },
  claim: ({ path }) => [`path:${path}`],
})

/** Says what it was given in every way in which programs write things down, and stays until it was looked at. */
const spill = `import base64, json, os, shlex, sys, time, urllib.parse
given = sys.stdin.read()
for way in (str, repr, json.dumps, shlex.quote, urllib.parse.quote, urllib.parse.quote_plus):
    print(way(given), file=sys.stderr)
print(json.dumps(json.dumps({'log': given})), given.encode().hex())
for start in range(3):
    print(base64.b64encode(b'x' * start + given.encode()).decode(), file=sys.stderr)
print('given on standard output:', given)
open('/run/spilling', 'w')
for _ in range(300):
    if os.path.exists('/run/looked'): break
    time.sleep(0.1)
sys.exit('cannot work with that')
`

const secrets = defineRole({
  name: 'secrets',
  folder: import.meta.dirname,
  vars,
  async tasks({ host, vars: { token, extra, failing }, task }) {
    await task('Make the folder', directory({ path: folder, mode: 0o755 }))
    await task(
      'Write it',
      file(
        token === undefined
          ? { path: `${folder}/token`, content: 'nothing secret\n', mode: 0o644 }
          : { path: `${folder}/token`, content: token },
      ),
    )
    if (token === undefined) return
    await task(
      'Render it',
      template({ path: `${folder}/rendered`, from: 'secrets.conf.ejs', values: { token } }),
      template({ path: `${folder}/of-host`, from: 'secrets-of-host.conf.ejs', values: { host } }),
    )
    if (extra === undefined) return
    await task('Hand it over at once', handed({ path: `${folder}/handed`, content: extra }))
    await task(
      'Hand it to a command',
      command({
        title: 'Take the secret',
        run: sh`sh -c ${'umask 077; sleep 1; cat > "$1"'} taker ${`${folder}/taken`}`,
        creates: `${folder}/taken`,
        stdin: extra,
        undo: sh`rm -f ${`${folder}/taken`}`,
      }),
    )
    if (!failing) return
    await task(
      'Fail with it',
      command({
        title: 'Spill the secret',
        run: sh`python3 -c ${spill}`,
        creates: '/nowhere',
        stdin: token,
        oneWay: 'it does nothing',
      }),
    )
  },
})

/** Uses secrets in every way in which they may be used, and in one more that fails. */
export default playbook('Secrets', [stage('Use them', { hosts: 'all', roles: [secrets] })])

await main(import.meta)
