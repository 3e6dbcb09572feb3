import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import type { Output, Session } from '../../../lib/transport/session.ts'
import { ContactLost, TimedOut } from '../../../lib/transport/errors.ts'
import { suite } from '../../support/suite.ts'
import { Place, thrown } from './shells.ts'

function said({ code, stdout, stderr }: Output) {
  return { code, stdout: stdout.toString(), stderr: stderr.toString() }
}

/** Holds the kept shell to its promises with one program as `sh`; as a suite of its own, so that they run side by side. */
export function keptShellCases(shell: string): void {
  const test = suite(`kept shell: ${basename(shell)}`)
  if (!existsSync(shell)) return test.skip('all of it', `this machine has no ${shell}`)
  const place = new Place(shell)
  const session: Session = place.session()
  test.after(async () => {
    await session.close()
    place.remove()
  })

  test('it is the shell that this suite is named after', async () => {
    const { stdout } = await session.run('readlink -f /proc/$$/exe')
    assert.is(basename(stdout.toString().trim()), basename(shell))
  })

  const answers: Readonly<Record<string, readonly [script: string, code: number, stdout: string]>> = {
    'output without a last newline': ['printf a; printf b >&2', 0, 'a'],
    'an exit': ['echo a; exit 7', 7, 'a\n'],
    'set -e': ['set -e; false; echo a', 1, ''],
    'a trap': ['trap "echo bye" EXIT; echo a', 0, 'a\nbye\n'],
    'a comment': ['echo a # b', 0, 'a\n'],
    'a last ampersand': ['sleep 5 & echo a', 0, 'a\n'],
    'several lines': ['for i in 1 2\ndo\n  echo $i\ndone\n', 0, '1\n2\n'],
    'quotes of all kinds': [`printf '%s' 'it'\\''s "'"x"`, 0, 'it\'s "x'],
    'a here-document': ["cat <<END\na $((1 + 1)) '\nEND\necho b", 0, "a 2 '\nb\n"],
    'a command that reads': ['cat; read -r x; echo $?', 0, '1\n'],
    'a killed program': ["sh -c 'kill -9 $$'", 137, ''],
    'a changed directory': ['cd /; pwd', 0, '/\n'],
    'an assignment': ['PATH=/nowhere; marker=1; echo a', 0, 'a\n'],
    'redirections for good': ['exec >/dev/null; echo a', 0, ''],
    'a print of its own command line': ['set -v; set -x; echo a', 0, 'a\n'],
  }
  for (const [title, [script, code, stdout]] of Object.entries(answers)) {
    test(`it answers as a shell of its own would: ${title}`, async () => {
      const first = session.run(script)
      const second = session.run('echo "next: $marker"; pwd')
      const answer = said(await first)
      assert.equal([answer.code, answer.stdout], [code, stdout])
      const { code: nextCode, stdout: next } = said(await second)
      assert.equal([nextCode, next], [0, `next: \n${process.cwd()}\n`])
    })
  }

  for (const script of [
    "echo 'a",
    'echo "a',
    'echo $((',
    'echo a )',
    '}',
    'if',
    'case x in',
    '`',
    'fi; done',
  ]) {
    test(`it takes no harm from ${script}`, async () => {
      const [broken, next] = await Promise.all([session.run(script), session.run('echo next')])
      assert.ok([1, 2].includes(broken.code), `exit code ${broken.code}`)
      assert.ok(broken.stderr.length > 0)
      assert.is(said(next).stdout, 'next\n')
    })
  }

  test('bytes of every value come through', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    const octal = [...all].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
    const { stdout, stderr } = await session.run(`printf '${octal}'; printf '${octal}' >&2`)
    assert.ok(stdout.equals(all))
    assert.ok(stderr.equals(all))
  })

  test('a script with 256 KiB of quotes comes through', async () => {
    const text = "'x".repeat(128 * 1024)
    const { stdout } = await session.run(`printf %s '${text.replaceAll("'", `'\\''`)}'`)
    assert.is(stdout.toString(), text)
  })

  test('5 MB of output come through whole', async () => {
    const { stdout, dropped } = await session.run('head -c 5000000 /dev/zero; echo end')
    assert.is(stdout.length, 5_000_004)
    assert.is(dropped, 0)
  })

  test('commands go out without waiting and each gets its own answer', async () => {
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    const outputs = await Promise.all(
      numbers.map((number) => session.run(`echo ${number}; echo e${number} >&2; exit ${number % 256}`)),
    )
    assert.equal(
      outputs.map(said),
      numbers.map((number) => ({ code: number % 256, stdout: `${number}\n`, stderr: `e${number}\n` })),
    )
  })

  test('what a command leaves in the background holds up none', async () => {
    const started = performance.now()
    assert.is(said(await session.run('(sleep 3; echo late) & echo started')).stdout, 'started\n')
    assert.is(said(await session.run('echo next')).stdout, 'next\n')
    assert.ok(performance.now() - started < 2000)
  })

  test('a command beyond its time is killed with all that it started, and the next ones go on', async () => {
    const slow = thrown<Error>(session.run('sleep 61 | (sleep 62; echo a)', { timeoutMs: 300 }))
    const next = session.run('echo next')
    const error = await slow
    assert.instance(error, TimedOut)
    assert.match(error.message, 'did not end within 0.3 s and was killed there')
    assert.is(error.message.match(/sleep/g)?.length, 2, error.message)
    assert.is(said(await next).stdout, 'next\n')
    const pids = [...error.message.matchAll(/\((\d+)\)/g)].map(([, pid]) => pid)
    // What nobody has waited for yet is a zombie, and dead.
    const look = pids.map((pid) => `grep -s '^State:.*[^Z] (' /proc/${pid}/status`).join('; ')
    const { stdout } = await session.run(look)
    assert.is(stdout.toString(), '', 'nothing of it lives')
  })

  test('the time of a command counts from when it begins, not from when it was sent', async () => {
    const outputs = await Promise.all([1, 2, 3, 4].map(() => session.run('sleep 0.4', { timeoutMs: 1200 })))
    assert.equal(outputs.map(said), Array(4).fill({ code: 0, stdout: '', stderr: '' }))
  })

  test('a command that ends the kept shell is lost with those that wait, and the next gets a new one', async () => {
    const lost = [session.run('kill -9 $$'), session.run('echo never')]
    for (const work of lost) assert.instance(await thrown<Error>(work), ContactLost)
    assert.is(said(await session.run('echo new')).stdout, 'new\n')
  })
}
