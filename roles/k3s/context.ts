import type { artifacts } from '../../lib/artifacts/index.ts'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { RoleContext } from '../../lib/play/role.ts'
import type { Infer } from '../../lib/vars/schema.ts'
import type { K3sVars } from './vars.ts'

/** What every task of the role works with. */
export type K3sContext = RoleContext<
  K3sVars,
  ClusterConfiguration & { readonly artifacts: Infer<typeof artifacts> }
>
