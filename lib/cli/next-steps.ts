import { quote } from '../host/command.ts'
import type { StampedEvent } from '../report/events.ts'
import type { Sink } from '../report/sink.ts'
import { fromHere } from '../state/from-here.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import { forgotten, rememberedArguments } from './remembered.ts'

/** Hears which hosts a run did not bring to its end. */
export class FailedHosts implements Sink {
  readonly name = 'the list of failed hosts'
  readonly hosts: string[] = []

  write(event: StampedEvent): void {
    if (event.type !== 'recap' || event.host === undefined) return
    const { failed, unreachable } = event.counts
    if (failed > 0 || unreachable > 0) this.hosts.push(event.host)
  }
}

export interface Ended {
  readonly directory: RunDirectory
  /** `playbooks/prepare.ts`, and the words behind it that may be kept. */
  readonly file: string
  readonly words: readonly string[]
  /** The file that names the hosts to run again on. */
  readonly retryFile: string | undefined
  /** It undoes what others did; to undo that again is not to be had. */
  readonly putsBack?: boolean
}

/** What to do about a run that did not end well; where nothing was changed, there is nothing to undo. */
export function nextSteps({ directory, file, words, retryFile, putsBack = false }: Ended): string {
  const changed = directory.journaledHosts().length > 0 && !putsBack
  const both = changed
    ? `Go on with --resume, or undo with --revert ${directory.record.id}.`
    : 'Go on with --resume.'
  return retryFile === undefined ? both : `${both}\nOnly what failed: ${retryLine(file, words, retryFile)}`
}

/** What to type to go on with a revert: what was typed, with the run by its name. */
export function revertAgain(file: string, argv: readonly string[], run: string): string {
  const words = rememberedArguments(argv)
  if (words.includes(forgotten)) return `… --revert ${run}`
  const named = words.map((word, index) => {
    if (word.startsWith('--revert=')) return `--revert=${run}`
    return words[index - 1] === '--revert' ? run : word
  })
  return lineOf(file, named)
}

/** A later --limit wins over an earlier one. What held a secret was kept nowhere, so that line is not given in full. */
function retryLine(file: string, words: readonly string[], retryFile: string): string {
  const typed = words.includes(forgotten) ? '…' : lineOf(file, words)
  return `${typed} --limit @${quote(fromHere(retryFile))}`
}

/** A run of a script with verbs is known by its file and its words, which are quoted already. */
function lineOf(file: string, words: readonly string[]): string {
  const [, path = file, verb = ''] = /^(.*?\.ts)( .*)?$/.exec(file) ?? []
  return [`npx tsx ${quote(path)}${verb}`, ...words.map(quote)].join(' ')
}
