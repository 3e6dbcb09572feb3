import * as assert from 'uvu/assert'
import { parseCommandLine } from '../../../lib/cli/command-line.ts'
import { refuseTasks } from '../../../lib/cli/conflicts.ts'
import { flagNames, flags, playbookFlags, type Options } from '../../../lib/cli/flags.ts'
import { playbook, putBack, stage } from '../../../lib/play/playbook.ts'
import { suite } from '../../support/suite.ts'
import { refused } from './refused.ts'

const test = suite('cli/command-line')

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''))

/** What was given, without all that was not. */
function given(line: string): Partial<Options> {
  const { options } = parse(line)
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value))),
  )
}

test('every spelling of a value is read as Ansible reads it', () => {
  for (const line of [
    '-i hosts.ini',
    '-ihosts.ini',
    '-i=hosts.ini',
    '--inventory hosts.ini',
    '--inventory=hosts.ini',
  ]) {
    assert.equal(given(line), { inventory: ['hosts.ini'] }, line)
  }
  assert.equal(given('-e=a=b=c'), { extraVars: ['a=b=c'] })
})

test('letters stand together, the last may take a value', () => {
  assert.equal(given('-bKCD'), { become: true, askBecomePass: true, check: true, diff: true })
  assert.equal(given('-bi hosts.ini'), { become: true, inventory: ['hosts.ini'] })
  assert.equal(given('-bihosts.ini'), { become: true, inventory: ['hosts.ini'] })
  assert.equal(given('-vvv -v --verbose'), { verbosity: 5 })
})

test('what adds up adds up, of the rest the last wins', () => {
  assert.equal(given('-i a -i b -e x=1 -e y=2 -t one,two -t two,three --skip-tags four'), {
    inventory: ['a', 'b'],
    extraVars: ['x=1', 'y=2'],
    tags: ['one', 'two', 'three'],
    skipTags: ['four'],
  })
  assert.equal(given('-l a --limit b -f 5 --forks 6'), { limit: 'b', forks: 6 })
})

test('every letter of Ansible means what it means there', () => {
  const letters = playbookFlags.flatMap((name) => flags[name].short ?? []).toSorted()
  assert.is(letters.join(''), 'CDJKTbcefhikltuv')
  assert.equal(given('-k -u root -c local -T 5 --key-file k'), {
    askPass: true,
    user: 'root',
    connection: 'local',
    timeoutSeconds: 5,
    privateKey: 'k',
  })
  assert.equal(given('--start-at-task x'), { startAt: 'x' })
})

test('no two flags share a spelling', () => {
  const spellings = flagNames.flatMap((name) => [...flags[name].long, flags[name].short ?? []].flat())
  assert.is(new Set(spellings).size, spellings.length)
})

test('--resume takes a run or none', () => {
  assert.equal(given('--resume'), { resume: true })
  assert.equal(given('--resume --yes'), { resume: true, yes: true })
  assert.equal(given('--resume r1'), { resume: 'r1' })
  assert.equal(given('--resume=r1'), { resume: 'r1' })
})

test('an unknown flag is refused with the nearest name', () => {
  refused(() => parse('--chekc'), /no flag --chekc/, /Did you mean --check\?/)
  refused(() => parse('-d'), /no flag -d/, /-D \(--diff\)/)
  refused(() => parse('-bx'), /no flag -x \(in -bx\)/, /--help/)
  refused(() => parse('--frobnicate'), /no flag --frobnicate/, /--help/)
})

test('flags are not abbreviated', () => {
  refused(() => parse('--inv hosts.ini'), /no flag --inv/, /not abbreviated: write --inventory\.$/)
  refused(() => parse('--list'), /no flag --list/, /--list-hosts or --list-tasks or --list-tags/)
})

test('a long name with one dash is not taken for letters', () => {
  refused(() => parse('-check'), /one dash/, /--check/)
  refused(() => parse('-limit node1'), /one dash/, /--limit/)
  refused(() => parse('-tags=a'), /one dash/, /--tags/)
})

test('a flag of Ansible that does not exist here says what to do instead', () => {
  refused(() => parse('--force-handlers'), /--force-handlers/, /Not needed/)
})

test('a missing, an empty and a needless value are refused', () => {
  refused(() => parse('--limit'), /--limit needs a value/, /--limit PATTERN/)
  refused(() => parse('--limit --check'), /--limit needs a value/, /--limit=PATTERN/)
  refused(() => parse('--limit='), /--limit was given an empty value/, /shell variable/)
  refused(() => parseCommandLine(['-l', '']), /empty value/)
  refused(() => parse('--yes=no'), /--yes takes no value/)
})

test('numbers are whole and at least 1', () => {
  for (const value of ['0', '-1', '1.5', 'many', '1e3']) {
    refused(() => parse(`--forks=${value}`), /--forks wants a whole number/)
  }
})

test('flags that contradict each other are refused with what to do', () => {
  refused(() => parse('--resume --revert r1'), /--resume and --revert/, /bring the run to its end/)
  refused(() => parse('-C --resume'), /--check and --resume/)
  refused(() => parse('-C --revert r1'), /--check and --revert/)
  refused(() => parse('-C --step'), /--check and --step/)
  refused(() => parse('--revert r1 -t a'), /--revert and --tags/, /--limit/)
  refused(() => parse('--resume --start-at x'), /--resume and --start-at/)
  refused(() => parse('--step --yes'), /--step and --yes/)
  refused(() => parse('--list-hosts --revert r1'), /--list-hosts and --revert/)
  assert.ok(parse('--revert r1 --limit node1 --json -vv'))
  assert.ok(parse('-C -D --detailed-exitcode --list-hosts --list-tasks'))
})

test('a playbook that puts back has no tasks to choose from', () => {
  const back = playbook('Back', [putBack('Back', { hosts: 'all', roles: [] })])
  const other = playbook('Other', [stage('Other', { hosts: 'all', roles: [] })])
  for (const line of ['-t a', '--skip-tags a', '--start-at x', '--step', '--debugger']) {
    refused(
      () => refuseTasks(back, parse(line).options),
      /does not go together with a playbook that puts back/,
    )
    refuseTasks(other, parse(line).options)
  }
  refuseTasks(back, parse('-C -D --limit node1').options)
})

test('a word where none is taken is refused, with how hosts are chosen', () => {
  refused(() => parse('node1'), /"node1" is one word too many/, /--limit/)
  refused(() => parse('-C -- node1'), /one word too many/)
})

test('verbs and words stand among the flags', () => {
  const grammar = {
    verbs: { status: 'show', defrag: 'compact' },
    positionals: [{ name: 'member', help: 'only this one', optional: true }],
  } as const
  const line = parseCommandLine(['-C', 'defrag', '-l', 'etcd', 'node1'], grammar)
  const verb: 'status' | 'defrag' = line.verb
  const member: string | undefined = line.words.member
  assert.equal([verb, member, line.options.limit], ['defrag', 'node1', 'etcd'])
  assert.is(parseCommandLine(['status'], grammar).words.member, undefined)
  assert.equal(parseCommandLine(['--resume', 'status'], grammar).options.resume, true)
  refused(() => parseCommandLine(['stauts'], grammar), /no verb "stauts"/, /"status"/)
  refused(() => parseCommandLine([], grammar), /no verb was given/, /status, defrag/)
})

test('a command after two dashes is passed on untouched', () => {
  const grammar = {
    positionals: [{ name: 'PATTERN', help: 'the hosts' }],
    passthrough: { name: 'CMD', help: 'what to run on them' },
  } as const
  const line = parseCommandLine(['all', '-f', '3', '--', 'ls', '-la', '--', '--check'], grammar)
  const pattern: string = line.words.PATTERN
  assert.equal([pattern, line.options.forks, line.options.check], ['all', 3, false])
  assert.equal(line.passthrough, ['ls', '-la', '--', '--check'])
  refused(() => parseCommandLine(['all'], grammar), /CMD is missing/, /-- CMD/)
  refused(() => parseCommandLine(['--', 'ls'], grammar), /PATTERN is missing/, /the hosts/)
})

test('who asks for help or the version is asked for nothing', () => {
  const grammar = { verbs: { status: 'show' } } as const
  assert.ok(parseCommandLine(['-h'], grammar).options.help)
  assert.ok(parseCommandLine(['--version', '-C', '--resume'], grammar).options.version)
})

test('a playbook does not take the flags of another script', () => {
  refused(() => parse('--output x'), /^A playbook takes no --output\.$/)
})

test('the last word may stand there several times, and a word that is none at least once', () => {
  const grammar = {
    positionals: [
      { name: 'HOST', help: 'which' },
      { name: 'FILE', help: 'which', many: true },
    ],
  } as const
  const { words } = parseCommandLine(['a', 'b', 'c'], grammar)
  const files: readonly string[] = words.FILE
  assert.equal([words.HOST, files], ['a', ['b', 'c']])
  refused(() => parseCommandLine(['a'], grammar), /^FILE is missing\.$/)
})
