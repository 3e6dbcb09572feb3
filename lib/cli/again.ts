import { quote } from '../host/command.ts'
import { rememberedArguments } from './remembered.ts'

/** What to type to go on with a revert: what was typed, with the run by its name. */
export function revertAgain(playbook: string, argv: readonly string[], run: string): string {
  const words = rememberedArguments(argv).flatMap((word, index) => {
    if (word.startsWith('--revert=')) return [`--revert=${run}`]
    return argv[index - 1] === '--revert' ? [run] : [word]
  })
  return ['npx tsx', quote(playbook), ...words.map(quote)].join(' ')
}
