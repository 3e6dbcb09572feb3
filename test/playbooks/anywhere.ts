import { createHash } from 'node:crypto'
import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { block, command, directory, file, line, symlink, user } from '../../lib/resources/index.ts'
import { defineVars, int, path, string } from '../../lib/vars/schema.ts'

const vars = defineVars({
  folder: path({ doc: 'Where all of it stands; the folder above it is there.' }),
  given: path({ doc: 'A file of somebody else, in which a line and a block are to stand.' }),
  account: string({ default: '', doc: 'A user to add; none when empty.' }),
  as: string({ default: '', doc: 'Whose name a task is to write; that of nobody else when empty.' }),
  seconds: int({ default: 0, min: 0, doc: 'How long a job takes.' }),
})

/** More than goes over the kept shell, and no text. */
const large = Buffer.concat(
  Array.from({ length: 8192 }, (_, index) => createHash('sha256').update(String(index)).digest()),
)

const script = 'sleep "$1"; { id -un; echo "$HOME"; echo "$WORD"; } > "$2/told"'

const anywhere = defineRole({
  name: 'anywhere',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { folder, given, account, as, seconds }, task }) {
    if (account !== '') await task('Add the user', user({ name: account, home: `/home/${account}` }))
    await task(
      'Write files',
      directory({ path: folder, mode: 0o750 }),
      file({ path: `${folder}/it's small`, content: 'small $(no) `no` \\ "yes"\n' }),
      file({ path: `${folder}/large`, content: large, mode: 0o600 }),
      file({ path: `${folder}/empty`, content: '' }),
      symlink({ path: `${folder}/link`, target: 'large' }),
    )
    await task(
      'Have a say in a file of somebody else',
      line({ path: given, line: 'ours = 1', match: '^ours\\b' }),
      block({ path: given, name: 'anywhere', content: 'a\nb' }),
    )
    await task(
      'Run a job',
      { env: { WORD: 'a "word" of \'ours\'' } },
      command({
        title: 'Tell',
        run: sh`sh -c ${script} tell ${seconds} ${folder}`,
        creates: `${folder}/told`,
        undo: sh`rm -f ${folder}/told`,
      }),
    )
    if (as !== '') {
      await task(
        'Write as somebody else',
        { as },
        command({
          title: 'Write as somebody else',
          run: sh`sh -c ${'id -un > /tmp/whose'}`,
          unless: sh`sh -c ${'[ "$(cat /tmp/whose 2>/dev/null)" = "$(id -un)" ]'}`,
          undo: sh`sh -c ${'[ "$(id -un)" = "$(cat /tmp/whose)" ] && rm /tmp/whose'}`,
        }),
      )
    }
  },
})

/** Files, lines, links, jobs and a user: what every host can do that has a POSIX shell. */
export default playbook('Anywhere', [stage('Write', { hosts: 'all', roles: [anywhere] })])

await main(import.meta)
