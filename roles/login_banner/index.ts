import { defineRole } from '../../lib/play/role.ts'
import { cluster } from '../../lib/cluster/vars.ts'
import { showBanner } from './tasks/show-banner.ts'
import { vars } from './vars.ts'

/** Shows a text before login, and says who may log in with a password. */
export const loginBanner = defineRole({
  name: 'login_banner',
  folder: import.meta.dirname,
  vars,
  shared: { cluster },
  async tasks(context) {
    await showBanner(context)
  },
})
