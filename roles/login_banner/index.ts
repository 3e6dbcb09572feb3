import { defineRole } from '../../lib/play/role.ts'
import { cluster } from '../../lib/cluster/vars.ts'
import { vars } from './vars.ts'

/** Shows a text before login, and says who may log in with a password. */
export const loginBanner = defineRole({
  name: 'login_banner',
  folder: import.meta.dirname,
  vars,
  shared: { cluster },
  work: () => import('./tasks/show-banner.ts'),
  async tasks(context, { showBanner }) {
    await showBanner(context)
  },
})
