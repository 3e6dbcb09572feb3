import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { RoleContext } from '../../lib/play/role.ts'
import type { SystemTuningVars } from './vars.ts'

/** What every task of the role works with. */
export type TuningContext = RoleContext<SystemTuningVars, ClusterConfiguration>
