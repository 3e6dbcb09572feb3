import { createHash } from 'node:crypto'
import { ContactLost, TimedOut } from '../transport/errors.ts'
import type { Output } from '../transport/session.ts'
import { quote } from './command.ts'
import type { ExecOptions } from './host.ts'
import { printScript, wholeScript } from './write-script.ts'

/** What a job needs of its host. */
export interface JobHost {
  readonly name: string
  /** The folder of all jobs. */
  readonly jobs: string
  run(script: string): Promise<Output>
  contact(): Promise<void>
  onOutput(text: string): void
}

/** A script that the job itself runs after its good end, as the user that the host is worked on as. */
interface Then {
  readonly then?: string | undefined
}

const pollSteps = 20
const tailBytes = 64 * 1024
const killGraceSeconds = 5

/**
 * Runs a script apart from the connection: it goes on when contact is lost or this process is killed, and is found
 * again by its name. Its output and exit code stand in files until it was asked for.
 */
export async function runJob(
  host: JobHost,
  name: string,
  script: string,
  options: Omit<ExecOptions, 'as'> & Then & { readonly as?: string | undefined },
): Promise<Output> {
  const folder = jobFolder(host, name)
  await persistently(host, () => host.run(startScript(folder, name, script, options)))
  return collect(host, folder, name, options.timeoutMs)
}

/** What an earlier process left of a job here. */
export interface FoundJob {
  readonly folder: string
  readonly running: boolean
}

/** The jobs of earlier processes, whether they still run or not. */
export async function findJobs(
  run: (script: string) => Promise<Output>,
  jobs: string,
): Promise<readonly FoundJob[]> {
  const alive = `[ -e "$d/pid" ] && [ ! -e "$d/code" ] && kill -0 "$(cat "$d/pid")" 2>/dev/null`
  const { stdout } = await run(
    `for d in ${quote(jobs)}/*; do if ${alive}; then echo "running $d"; elif [ -e "$d" ]; then echo "over $d"; fi; done`,
  )
  const lines = stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => ({
    folder: line.slice(line.indexOf(' ') + 1),
    running: line.startsWith('running '),
  }))
}

/** Waits for those that still run, and tells their names. */
export async function awaitJobs(
  host: JobHost,
  jobs: readonly FoundJob[],
  onFound: (name: string) => void,
): Promise<void> {
  for (const { folder } of jobs.filter(({ running }) => running)) {
    const name = (await host.run(`cat ${quote(folder)}/name`)).stdout.toString()
    onFound(name)
    await awaitEnd(host, quote(folder), name, undefined).catch((error: unknown) => {
      // Whoever killed it, or took its answer: it is over.
      if (!(error instanceof ContactLost)) throw error
    })
  }
}

/** Takes away what jobs of earlier processes left: their ends must not be taken for those of new ones of that name. */
export async function clearJobs(run: (script: string) => Promise<unknown>, jobs: string): Promise<void> {
  await run(`rm -rf -- ${quote(jobs)}`)
}

/** Ends every job that runs here; what does not end when it is asked to is killed. */
export async function killJobs(run: (script: string) => Promise<unknown>, jobs: string): Promise<void> {
  await run(
    [
      `all=; for d in ${quote(jobs)}/*; do [ -e "$d/pid" ] && [ ! -e "$d/code" ] && all="$all $(cat "$d/pid")"; done`,
      `signal() { any=1; for p in $all; do kill -"$1" -"$p" 2>/dev/null && any=0; done; return $any; }`,
      `i=0; signal TERM && while signal 0 && [ $i -lt ${killGraceSeconds}0 ]; do sleep 0.1; i=$((i+1)); done`,
      `signal KILL; :`,
    ].join('\n'),
  )
}

/** Waits for its end and takes its answer, of which nothing is left there. */
async function collect(
  host: JobHost,
  folder: string,
  name: string,
  timeoutMs: number | undefined,
): Promise<Output> {
  await awaitEnd(host, folder, name, timeoutMs)
  const [stdout, stderr, code] = await Promise.all([
    host.run(`tail -c ${tailBytes} ${folder}/out`),
    host.run(`tail -c ${tailBytes} ${folder}/err`),
    host.run(`cat ${folder}/code`),
  ])
  await host.run(`rm -rf -- ${folder}`)
  const ended = /^(\d{1,3})\n$/.exec(code.stdout.toString())?.[1]
  if (ended === undefined)
    throw new ContactLost(`${name} ended on ${host.name}, but with which code is not known.`)
  return { code: Number(ended), stdout: stdout.stdout, stderr: stderr.stdout, dropped: 0 }
}

async function awaitEnd(
  host: JobHost,
  folder: string,
  name: string,
  timeoutMs: number | undefined,
): Promise<void> {
  const until = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
  let seen = 0
  for (;;) {
    const { code, stdout } = await persistently(host, () => host.run(pollScript(folder, seen)))
    if (code === gone)
      throw new ContactLost(`${name} is no longer known on ${host.name}: it was restarted meanwhile.`)
    seen += stdout.length
    if (stdout.length > 0) host.onOutput(stdout.toString())
    if (code === ended) return
    if (code === vanished) throw new ContactLost(`${name} was killed on ${host.name}.`)
    if (code !== running) throw cannotBeFollowed(host, name, code)
    if (performance.now() > until) {
      await host.run(killScript(folder))
      throw new TimedOut(`${name} did not end on ${host.name} within ${timeoutMs} ms and was killed there.`)
    }
  }
}

/** Neither its end nor that it goes on: asked again it would say the same. */
function cannotBeFollowed({ name: host, jobs }: JobHost, name: string, code: number): Error {
  return new Error(
    `${name} cannot be followed on ${host}: asking for it ended with ${code}. It may still run; see ${jobs} there.`,
  )
}

/** As a shell word. */
function jobFolder({ jobs }: JobHost, name: string): string {
  return quote(`${jobs}/${createHash('sha256').update(name).digest('hex').slice(0, 16)}`)
}

/** Starts it once: asked again after contact was lost, it finds it running. */
function startScript(
  folder: string,
  name: string,
  script: string,
  { as, then }: Then & { readonly as?: string | undefined },
): string {
  // Another user cannot look into the folder, so gets the script, and what it writes to, from outside.
  const inner =
    as === undefined ? `sh ${folder}/script` : `su -s /bin/sh -c 'exec sh' ${quote(as)} < ${folder}/script`
  const after =
    then === undefined ? '' : ` [ $code -ne 0 ] || sh ${folder}/then 2>> ${folder}/err || code=$?;`
  const run = `echo $$ > ${folder}/pid; ${inner} > ${folder}/out 2> ${folder}/err; code=$?;${after} echo $code > ${folder}/code.new; mv ${folder}/code.new ${folder}/code`
  return [
    `[ ! -e ${folder}/pid ] || exit 0`,
    `mask=$(umask); umask 077; mkdir -p ${folder} && : > ${folder}/out && : > ${folder}/err || exit 1`,
    `printf %s ${quote(name)} > ${folder}/name`,
    `{ ${printScript(Buffer.from(wholeScript(script)))}\n} > ${folder}/script || exit 1`,
    ...(then === undefined
      ? []
      : [`{ ${printScript(Buffer.from(wholeScript(then)))}\n} > ${folder}/then || exit 1`]),
    // What the script makes is for whom it says; only what stands in the folder is not.
    `umask "$mask"; setsid sh -c ${quote(run)} </dev/null >/dev/null 2>&1 &`,
    `i=0; while [ ! -e ${folder}/pid ] && [ $i -lt 50 ]; do sleep 0.02; i=$((i+1)); done`,
  ].join('\n')
}

const ended = 40
const gone = 41
const vanished = 42
const running = 43

/** Waits a little for its end, then prints what it said since, with both streams in one tail. */
function pollScript(folder: string, seen: number): string {
  return [
    `cd ${folder} 2>/dev/null || exit ${gone}`,
    `i=0; p=$(cat pid)`,
    `while [ ! -e code ] && [ $i -lt ${pollSteps} ] && kill -0 "$p" 2>/dev/null; do sleep 0.1; i=$((i+1)); done`,
    `tail -c +${seen + 1} out`,
    `if [ -e code ]; then exit ${ended}; fi`,
    `kill -0 "$p" 2>/dev/null && exit ${running}`,
    `[ -e code ] && exit ${ended}; exit ${vanished}`,
  ].join('\n')
}

function killScript(folder: string): string {
  return `p=$(cat ${folder}/pid); kill -TERM -"$p"; i=0; while kill -0 -"$p" 2>/dev/null && [ $i -lt ${killGraceSeconds}0 ]; do sleep 0.1; i=$((i+1)); done; kill -KILL -"$p" 2>/dev/null; rm -rf -- ${folder}`
}

/** A step that may be asked again: waits for contact and does so. */
async function persistently(host: JobHost, step: () => Promise<Output>): Promise<Output> {
  for (;;) {
    try {
      return await step()
    } catch (error) {
      if (!(error instanceof ContactLost)) throw error
      await host.contact()
    }
  }
}
