export { type Release, standIn } from './program.ts'
export { filesOf, ReleaseServer } from './releases.ts'
