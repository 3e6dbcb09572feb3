import type { AnyAuthMethod, KeyboardInteractiveAuthMethod } from 'ssh2'
import { Unreachable } from './errors.ts'

type Prompt = KeyboardInteractiveAuthMethod['prompt']

/** The password as the host takes it: as such, or as the answer to the one question for it. */
export function passwordAttempt(
  type: 'password' | 'keyboard-interactive',
  username: string,
  password: () => string,
  deadEnd: (error: Unreachable) => void,
): AnyAuthMethod {
  if (type === 'password') return { type, username, password: password() }
  let answered = false
  const prompt: Prompt = (_name, _instructions, _language, prompts, finish) => {
    const [first] = prompts
    const one = prompts.length === 1 && !answered && first !== undefined && !notPassword.test(first.prompt)
    // Left unanswered: a wrong answer would count as a failure of the account.
    if (!one) return deadEnd(tooManyQuestions(username, prompts, answered))
    answered = true
    finish([password()])
  }
  return { type, username, prompt }
}

const notPassword = /\b(code|otp|token|one[- ]time|pin|verification)\b/i

function tooManyQuestions(user: string, prompts: Parameters<Prompt>[3], answered: boolean): Unreachable {
  const questions = prompts.map(({ prompt }) => `"${prompt.replace(/\s+/g, ' ').trim()}"`).join(' and ')
  const more = answered ? 'after the password it still asks' : 'it asks'
  return new Unreachable(
    'auth',
    `The login of ${user} by questions (keyboard-interactive) cannot be answered: ${more} ${questions}, ` +
      'and one question for the password is all that is answered here.',
    'Log in with a key (ansible_ssh_private_key_file), or let this user log in without a second factor.',
  )
}
