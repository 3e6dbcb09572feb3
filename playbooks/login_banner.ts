import { main } from '../lib/cli/main.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { loginBanner } from '../roles/login_banner/index.ts'

export default playbook('Show a banner before login', [
  stage('Show the banner', { hosts: 'all', roles: [loginBanner] }),
])

await main(import.meta)
