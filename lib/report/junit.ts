import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { JunitSuites } from './junit-suites.ts'
import type { Sink } from './sink.ts'

/** Writes a JUnit report to a file, whole or not at all, when the run ends in whatever way. */
export function junitReport(file: string): Sink {
  begin(file)
  const suites = new JunitSuites()
  const save = () => {
    writeFileSync(`${file}.new`, suites.finish())
    renameSync(`${file}.new`, file)
  }
  // A third Ctrl-C ends the process without closing anything.
  process.once('exit', save)
  return {
    name: `the JUnit report ${file}`,
    write: (event) => suites.observe(event),
    close() {
      process.off('exit', save)
      save()
    },
  }
}

/** Where a report goes: to the file that is named, else into `JUNIT_OUTPUT_DIR`, as with Ansible's callback. */
export function junitFile(
  named: string | undefined,
  playbook: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  now: Date = new Date(),
): string | undefined {
  const folder = env['JUNIT_OUTPUT_DIR']
  if (named !== undefined || folder === undefined || folder === '') return named
  const stamp = now.toISOString().replaceAll(/[-:.]|Z$/g, '')
  return join(folder, `${basename(playbook, extname(playbook))}-${stamp}.xml`)
}

/** The report of an earlier run must not be taken for that of one that was killed. */
function begin(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    accessSync(dirname(file), constants.W_OK)
    rmSync(file, { force: true })
  } catch (cause) {
    throw new UserError(
      `The JUnit report ${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Give --junit, or JUNIT_OUTPUT_DIR, a place that you may write to.',
      { cause },
    )
  }
}
