import type { artifacts } from '../../lib/artifacts/index.ts'
import type { pki } from '../../lib/pki/vars.ts'
import type { backup } from '../../lib/backup/vars.ts'
import type { cluster } from '../../lib/cluster/vars.ts'
import type { RoleContext } from '../../lib/play/role.ts'
import type { Infer } from '../../lib/vars/schema.ts'
import type { EtcdVars } from './vars.ts'

/** What every task of the role works with. */
export type EtcdContext = RoleContext<
  EtcdVars,
  {
    readonly cluster: Infer<typeof cluster>
    readonly artifacts: Infer<typeof artifacts>
    readonly pki: Infer<typeof pki>
    readonly backup: Infer<typeof backup>
  }
>
