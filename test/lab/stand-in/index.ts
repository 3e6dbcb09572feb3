export { type Release, standIn } from './program.ts'
export { filesOf, installScript, ReleaseServer } from './releases.ts'
