import { defineVars, duration, type Infer } from './schema.ts'

/** What may be set of the engine itself, under `connection` in group_vars. */
export const connectionSettings = defineVars({
  patience: duration({
    default: '60s',
    doc: 'How long a host that was lost may take to come back, before the run goes on without it.',
  }),
})

export type ConnectionSettings = Infer<typeof connectionSettings>
