import type { Cluster } from '../../lib/cluster/vars.ts'
import { bool, defineVars, list, string, type Infer } from '../../lib/vars/schema.ts'

export const vars = defineVars({
  text: string({
    default: 'Authorized use only: <%= host.name %>',
    doc: 'What is shown before login; a template that knows host.name and cluster.name.',
  }),
  allowPasswords: bool({ default: true, doc: 'Where it is false, sshd asks nobody for a password.' }),
  passwordGroups: list(string(), {
    default: [],
    doc: 'Whose members may log in with a password all the same.',
  }),
  extraLines: list(string(), { default: [], doc: 'Further lines for sshd, as in sshd_config.' }),
})

export type LoginBannerVars = Infer<typeof vars>
export type LoginBannerShared = { readonly cluster: Cluster }
