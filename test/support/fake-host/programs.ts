import { CommandFailed, type Answer, type ExecOptions, type QueryOptions } from '../../../lib/host/host.ts'
import type { Command } from '../../../lib/host/command.ts'
import type { Setting } from '../../../lib/host/setting.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { changer, reader, refused, said, type Call, type Program, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'
import { parse, type SimpleCommand } from './shell.ts'

/** A command that no part of the fake host knows and that the test gave no answer for. */
export class UnexpectedCommand extends Error {
  override readonly name = 'UnexpectedCommand'
}

/** What a test answers: the output, a whole answer, or a function of the words and what came on stdin. */
export type Fixture =
  | string
  | Partial<Answer>
  | ((
      words: readonly string[],
      given: { readonly stdin: string; readonly text: string } & Setting,
    ) => string | Partial<Answer>)

/** The command as text, or what its text has to look like. */
export type Pattern = string | RegExp | Command

/** Finds the program behind a command: one of the test's own answers first, then the parts of the host. */
export class FakePrograms {
  readonly #parts: readonly Programs[]
  readonly #fixtures: {
    readonly pattern: Pattern
    readonly program: (text: string, setting: Setting) => Program
  }[] = []

  constructor(parts: readonly Programs[]) {
    this.#parts = parts
  }

  add(pattern: Pattern, answer: Fixture, changes: boolean): void {
    const program = (text: string, setting: Setting) => {
      const run = ({ words, stdin }: Call) => {
        const given = typeof answer === 'function' ? answer(words, { stdin, text, ...setting }) : answer
        return typeof given === 'string' ? said(given) : { code: 0, stdout: '', stderr: '', ...given }
      }
      return changes ? changer(run) : reader(run)
    }
    this.#fixtures.unshift({ pattern, program })
  }

  async run(
    host: string,
    command: Command,
    options: QueryOptions & Pick<ExecOptions, 'stdin'>,
    mayChange: boolean,
    step: Call['step'],
  ): Promise<Answer> {
    const { stdin = '' } = options
    const input = stdin instanceof Secret ? reveal(stdin) : stdin.toString()
    const answer: { -readonly [K in keyof Answer]: Answer[K] } = { code: 0, stdout: '', stderr: '' }
    for (const { words, when } of this.#parsed(command.text)) {
      if ((when === 'success' && answer.code !== 0) || (when === 'failure' && answer.code === 0)) continue
      const program = this.#find(command.text, words, options)
      if (program.changes && !mayChange)
        throw new UnexpectedCommand(`A query that changes ${host}: ${command.text}`)
      const { code, stdout, stderr } = await program.run({ words, stdin: input, step })
      answer.code = code
      answer.stdout += stdout
      answer.stderr += stderr
    }
    if (!(options.ok ?? [0]).includes(answer.code)) throw new CommandFailed(host, command, answer)
    return answer
  }

  #parsed(text: string): readonly SimpleCommand[] {
    const whole = this.#fixtures.some(({ pattern }) => fits(pattern, text))
    const simple = parse(text)
    if (whole) return [{ words: simple?.[0]?.words ?? [text], env: {}, when: 'always' }]
    if (simple === undefined)
      throw new UnexpectedCommand(`No fixture for this, and it is no simple command: ${text}`)
    return simple
  }

  #find(text: string, words: readonly string[], { as, env }: Setting): Program {
    const fixture = this.#fixtures.find(
      ({ pattern }) => fits(pattern, text) || fits(pattern, words.join(' ')),
    )
    if (fixture !== undefined) {
      const setting = { ...(as === undefined ? {} : { as }), ...(env === undefined ? {} : { env }) }
      return fixture.program(text, setting)
    }
    for (const part of this.#parts) {
      const program = part(words)
      if (program !== undefined) return program
    }
    throw new UnexpectedCommand(`No fixture for: ${words.join(' ')}\n(in: ${text})`)
  }
}

/** The few programs that look at files and nothing else. */
export function looking(files: FakeFiles): Programs {
  const types = { '-e': undefined, '-f': 'file', '-d': 'directory', '-h': 'link', '-L': 'link' } as const
  return ([program, ...rest]) => {
    if (program === 'true' || program === ':') return reader(() => said(''))
    if (program === 'false') return reader(() => said('', 1))
    if (program === 'cat') {
      const path = rest.at(-1) ?? ''
      const text = () => files.read(path)
      return reader(() => {
        const found = text()
        return found === undefined ? refused(`cat: ${path}: No such file or directory`) : said(found)
      })
    }
    if (program === 'test' || program === '[') {
      const [flag = '', path = ''] = rest
      if (!(flag in types)) return undefined
      const type = types[flag as keyof typeof types]
      return reader(() => {
        const entry = files.get(path)
        return said('', entry !== undefined && (type === undefined || entry.type === type) ? 0 : 1)
      })
    }
    return undefined
  }
}

function fits(pattern: Pattern, text: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(text)
  return (typeof pattern === 'string' ? pattern : pattern.text) === text
}
