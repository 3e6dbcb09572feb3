import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Becoming, sudoFailure } from '../../../lib/transport/become.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import type { Session } from '../../../lib/transport/session.ts'
import { suite } from '../../support/suite.ts'
import { Place, thrown } from './shells.ts'

const test = suite('become')

/** Asks as sudo does, up to three times; keeps count of the wrong answers, and of its own command lines. */
const fakeSudo = String.raw`
here=$(dirname "$0")
printf '%s\n' "$*" >>"$here/lines"
while getopts HSnp:u: option; do
  case $option in p) prompt=$OPTARG ;; n) [ ! -e "$here/asks" ] || { echo 'sudo: a password is required' >&2; exit 1; } ;; esac
done
shift $((OPTIND - 1))
if [ -e "$here/asks" ]; then
  echo 'We trust you have received the usual lecture.' >&2
  for try in 1 2 3; do
    printf '%s' "$prompt" >&2
    IFS= read -r answer || break
    [ "$answer" = 'right one' ] && exec "$@"
    echo wrong >>"$here/wrong"
    echo 'Sorry, try again.' >&2
  done
  echo 'sudo: 1 incorrect password attempt' >&2
  exit 1
fi
exec "$@"
`

/** A session where sudo asks for a password or does not; it is closed whatever the body does. */
async function withSudo(
  asks: boolean,
  password: string | undefined,
  body: (session: Session, place: Place) => Promise<void>,
): Promise<void> {
  const place = new Place()
  place.program('sudo', fakeSudo)
  if (asks) place.program('asks', '')
  const session = place.session(password === undefined ? {} : { become: { password: () => password } })
  try {
    await body(session, place)
  } finally {
    await session.close()
    place.remove()
  }
}

function textOf(place: Place, name: string): string {
  return readFileSync(join(place.folder, name), 'utf8')
}

test('the password goes out when it is asked for, and nowhere else', () =>
  withSudo(true, 'right one', async (session, place) => {
    const { stdout, stderr } = await session.run('cat; echo in', { as: 'web' })
    assert.equal([stdout.toString(), stderr.toString()], ['in\n', ''])
    assert.not.match(textOf(place, 'lines'), 'right one')
  }))

test('where sudo asks for none, the password is not taken for input', () =>
  withSudo(false, 'right one', async (session) => {
    const { stdout } = await session.stream('cat', { as: 'web', input: Buffer.from('data') })
    assert.is(stdout.toString(), 'data')
  }))

test('one sudo serves all commands of a user', () =>
  withSudo(false, undefined, async (session, place) => {
    await Promise.all(Array.from({ length: 20 }, () => session.run(':', { as: 'web' })))
    assert.is(textOf(place, 'lines').trim().split('\n').length, 1)
  }))

test('a wrong password is tried once, however many ask at once and afterwards', () =>
  withSudo(true, 'wrong one', async (session, place) => {
    const errors = await Promise.all([
      thrown<Unreachable>(session.run(':', { as: 'web' })),
      thrown<Unreachable>(session.run(':', { as: 'db' })),
      thrown<Unreachable>(session.stream(':', { as: 'web' })),
    ])
    errors.push(await thrown<Unreachable>(session.run(':', { as: 'web' })))
    for (const { reason, message, advice } of errors) {
      assert.is(reason, 'become')
      assert.match(message, 'sudo refused the password')
      assert.not.match(`${message} ${advice}`, 'wrong one')
    }
    assert.is(textOf(place, 'wrong').trim().split('\n').length, 1)
    assert.is((await session.run('echo still')).stdout.toString(), 'still\n', 'the login user can go on')
  }))

test('without a password sudo is not left waiting for one', () =>
  withSudo(true, undefined, async (session) => {
    const { message, advice } = await thrown<Unreachable>(session.run(':', { as: 'web' }))
    assert.match(message, 'sudo asks for a password and none was given')
    assert.match(advice, 'ansible_become_password')
  }))

test('one is already whom one logged in as: then there is no sudo', () =>
  withSudo(true, undefined, async (session, place) => {
    const me = (await session.run('id -un')).stdout.toString().trim()
    assert.is((await session.run('echo in', { as: me })).stdout.toString(), 'in\n')
    assert.is((await session.stream('echo in', { as: me })).stdout.toString(), 'in\n')
    assert.throws(() => textOf(place, 'lines'), 'ENOENT')
  }))

test('a refused user is not asked for again, while others are', async () => {
  const becoming = new Becoming({})
  const refused = new Unreachable('become', 'no', 'do')
  let tries = 0
  const refuse = async () => {
    tries++
    throw refused
  }
  assert.is(await thrown(becoming.attempt('web', refuse)), refused)
  assert.is(await thrown(becoming.attempt('web', refuse)), refused)
  assert.is(tries, 1)
  assert.is(await becoming.attempt('db', async () => 'in'), 'in')
})

// Said by sudo 1.9.13 of Debian 12, and by 1.8 of CentOS 7 where it asks for a terminal.
const sayings: readonly (readonly [said: string, means: string])[] = [
  ["env: 'sudo': No such file or directory", 'sudo is not installed'],
  ['sh: 1: exec: sudo: not found', 'sudo is not installed'],
  ['sudo: a password is required', 'sudo asks for a password and none was given'],
  ['guest is not in the sudoers file.', 'sudo does not allow it to the login user'],
  [
    "Sorry, user op is not allowed to execute '/bin/sh -c x' as root on h.",
    'sudo does not allow it to the login user',
  ],
  ['sudo: sorry, you must have a tty to run sudo', 'sudo asks for a terminal (requiretty)'],
  ['sudo: unknown user: ghost\nsudo: error initializing audit plugin sudoers_audit', 'there is no such user'],
  ['sudo: 1 incorrect password attempt', 'sudo refused the password'],
  ['sudo: The "no new privileges" flag is set', 'no_new_privs'],
  ['sudo: Account or password is expired, reset your password and try again', 'has expired'],
  ['sudo: /etc/sudoers is world writable', 'sudo said: sudo: /etc/sudoers is world writable'],
]
for (const [said, means] of sayings) {
  test(`its words are understood: ${said.split('\n')[0]}`, () => {
    const error = sudoFailure('web1', 'root', said, { how: 'exited', code: 1 })
    assert.instance(error, Unreachable)
    assert.match(error.message, means)
    assert.match(error.message, /^web1: cannot become root: /)
    assert.ok((error as Unreachable).advice.length > 0)
  })
}
