import { defineVars, string, type Infer } from './schema.ts'

/** What every role may know of the cluster that its host belongs to; a role names it in `shared: { cluster }`. */
export const cluster = defineVars({
  name: string({ default: 'unnamed', doc: 'What people call the cluster.' }),
})

export type Cluster = Infer<typeof cluster>
