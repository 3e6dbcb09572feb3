import { ansible, mitogen, newAnsible } from './ansible.ts'
import { floor } from './floor.ts'
import { openssh } from './openssh.ts'
import { pyinfra } from './pyinfra.ts'
import type { Tool } from './tool.ts'
import { npx, troupe } from './troupe.ts'

/** In the order in which they take their turns. */
export const tools: readonly Tool[] = [troupe, npx, ansible, newAnsible, mitogen, pyinfra, openssh, floor]
