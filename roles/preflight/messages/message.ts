import type { Finding } from '../../../lib/report/events.ts'
import type { Language } from '../../../lib/report/language.ts'

/** What is said of one thing that was found out. */
export type Words = Pick<Finding, 'found' | 'wanted' | 'message' | 'advice'>

/** The same in every language: a message that lacks one does not compile. */
export type Message = Readonly<Record<Language, Words>>

/** Of which host something is said. */
export interface OnHost {
  readonly host: string
}

/** Names the task that mends it. */
export const mendedBy = {
  en: (task: string) => `The task "${task}" of system_tuning does that.`,
  zh: (task: string) => `system_tuning 的任务 “${task}” 会自动处理。`,
} as const satisfies Record<Language, (task: string) => string>
