export { backup, type BackupArgs } from './backup.ts'
export { pruned, type PrunedArgs } from './pruned.ts'
export { restored, type RestoredArgs } from './restored.ts'
