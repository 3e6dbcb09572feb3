import type { Work } from '../work.ts'
import { copy } from './copy/copy.ts'
import { facts } from './facts/facts.ts'
import { judge } from './judge/judge.ts'
import { loud } from './loud.ts'
import { scale } from './scale/scale.ts'
import { skip } from './skip/skip.ts'
import { startup } from './startup/startup.ts'
import { tune } from './tune/tune.ts'
import { wan } from './wan.ts'

/** What tools are compared by. */
export const compared: readonly Work[] = [startup, tune, wan, facts, copy, skip]

/** What is done only when it is asked for by name. */
export const besides: readonly Work[] = [judge, loud, scale]
