export { tuning as vars, type Tuning as SystemTuningVars } from '../../lib/cluster/tuning.ts'
