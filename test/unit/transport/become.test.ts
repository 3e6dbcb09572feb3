import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Becoming, NoSuchUser, becomeWay } from '../../../lib/transport/become.ts'
import { becomeFailure } from '../../../lib/transport/become-failure.ts'
import type { BecomeMethod } from '../../../lib/transport/become-method.ts'
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
  // Root would need no sudo.
  place.program('id', 'echo operator')
  if (asks) place.program('asks', '')
  const session = place.session(password === undefined ? {} : { become: { password: () => password } })
  try {
    await body(session, place)
  } finally {
    await session.close()
    place.remove()
  }
}

/** Asks as doas does: on the terminal and nowhere else, once. */
const fakeDoas = String.raw`
here=$(dirname "$0")
printf '%s\n' "$*" >>"$here/lines"
while getopts nu: option; do :; done
shift $((OPTIND - 1))
stty -echo </dev/tty
printf '\rdoas (op@web1) password: ' >/dev/tty
IFS= read -r answer </dev/tty
stty echo </dev/tty
[ "$answer" = 'right one' ] || { echo wrong >>"$here/wrong"; echo 'doas: Authentication failed' >&2; exit 1; }
exec "$@"
`

async function withDoas(
  password: string,
  body: (session: Session, place: Place) => Promise<void>,
): Promise<void> {
  const place = new Place()
  place.program('doas', fakeDoas)
  place.program('id', 'echo operator')
  const session = place.session({ become: { method: 'doas', password: () => password } })
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

test('what reads its password from a terminal alone gets it there, and every byte goes past the terminal', () =>
  withDoas('right one', async (session, place) => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256))
    const { stdout, stderr, code } = await session.stream('cat; echo err >&2; exit 5', {
      as: 'web',
      input: bytes,
    })
    assert.equal([stdout.equals(bytes), stderr.toString(), code], [true, 'err\n', 5])
    assert.is((await session.run('cat; echo in', { as: 'web' })).stdout.toString(), 'in\n')
    assert.not.match(textOf(place, 'lines'), 'right one')
  }))

test('a wrong password on a terminal is sent once', () =>
  withDoas('wrong one', async (session, place) => {
    const errors = await Promise.all([
      thrown<Unreachable>(session.run(':', { as: 'web' })),
      thrown<Unreachable>(session.stream(':', { as: 'web' })),
    ])
    for (const { message } of errors) assert.match(message, 'doas refused the password')
    assert.is(textOf(place, 'wrong'), 'wrong\n')
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

test('a user that is not there yet is asked for again', async () => {
  const becoming = new Becoming({})
  const absent = new NoSuchUser('become', 'no such user', 'create it')
  assert.is(await thrown(becoming.attempt('web', () => Promise.reject(absent))), absent)
  assert.is(await becoming.attempt('web', async () => 'in'), 'in')
})

test('root becomes anybody by su, also where somebody had to become root first', () => {
  assert.equal(becomeWay('web', 'root', {}), { user: 'web', then: 'web' })
  assert.equal(becomeWay('web', 'op', {}), { user: 'web', first: 'web' })
  assert.equal(becomeWay('root', 'op', { user: 'root' }), { user: 'root', first: 'root' })
  assert.equal(becomeWay('web', 'op', { user: 'root' }), { user: 'web', first: 'root', then: 'web' })
  assert.equal(becomeWay('web', 'op', { user: 'deploy' }), { user: 'web', first: 'web' })
})

// Said by sudo 1.9.13, su of util-linux 2.38 and doas 6.8 of Debian 12, su of busybox 1.35, and sudo 1.8 of CentOS 7.
const sayings: readonly (readonly [method: BecomeMethod, said: string, means: string])[] = [
  ['sudo', "env: 'sudo': No such file or directory", 'sudo is not installed'],
  ['sudo', 'sh: 1: exec: sudo: not found', 'sudo is not installed'],
  ['sudo', 'sudo: a password is required', 'sudo asks for a password and none was given'],
  ['sudo', 'guest is not in the sudoers file.', 'sudo does not allow it to the login user'],
  [
    'sudo',
    "Sorry, user op is not allowed to execute '/bin/sh -c x' as root on h.",
    'sudo does not allow it to the login user',
  ],
  ['sudo', 'sudo: sorry, you must have a tty to run sudo', 'sudo asks for a terminal'],
  ['sudo', 'sudo: unknown user: ghost\nsudo: error initializing audit plugin sudoers_audit', 'no such user'],
  ['sudo', 'sudo: 1 incorrect password attempt', 'sudo refused the password'],
  ['sudo', 'sudo: The "no new privileges" flag is set', 'no_new_privs'],
  ['sudo', 'sudo: Account or password is expired, reset your password and try again', 'has expired'],
  ['sudo', 'sudo: /etc/sudoers is world writable', 'sudo said: sudo: /etc/sudoers is world writable'],
  ['su', 'Password: \r\nsu: Authentication failure', 'su refused the password'],
  ['su', 'su: incorrect password', 'su refused the password'],
  ['su', 'su: user ghost does not exist or the user entry does not contain all', 'there is no such user'],
  ['su', 'su: unknown user ghost', 'there is no such user'],
  ['su', 'su: Permission denied', 'su does not allow it to the login user'],
  ['su', 'su: must be suid to work properly', 'su has not the right to change the user'],
  ['su', 'This account is currently not available.', 'lets nobody in'],
  ['doas', "env: 'doas': No such file or directory", 'doas is not installed'],
  ['doas', 'doas: Authentication failed', 'doas refused the password'],
  ['doas', 'doas: Operation not permitted', 'doas does not allow it to the login user'],
  ['doas', 'doas: Authorization required', 'doas asks for a password and none was given'],
  ['doas', 'doas: a tty is required', 'doas asks for a terminal'],
  ['doas', 'doas: unknown user', 'there is no such user'],
]
for (const [method, said, means] of sayings) {
  test(`the words of ${method} are understood: ${said.split('\n')[0]}`, () => {
    const error = becomeFailure({
      title: 'web1',
      way: { user: 'root', first: 'root' },
      become: { method },
      said,
      exit: { how: 'exited', code: 1 },
      answered: true,
    })
    assert.instance(error, Unreachable)
    assert.match(error.message, means)
    assert.match(error.message, /^web1: cannot become root: /)
    assert.ok((error as Unreachable).advice.length > 0)
  })
}
