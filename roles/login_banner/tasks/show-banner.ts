import { sh } from '../../../lib/host/command.ts'
import { os } from '../../../lib/host/facts/os.ts'
import type { RoleContext } from '../../../lib/play/role.ts'
import { command, file, osPackage, reload, template } from '../../../lib/resources/index.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import { render } from '../../../lib/templates/render.ts'
import { bannerFile, bannerIsServed, dropIn, sshPlaces } from '../facts.ts'
import type { LoginBannerShared, LoginBannerVars } from '../vars.ts'

const readable = { mode: 0o644, owner: 'root', group: 'root' } as const

/** Writes the banner and lets sshd take it up, once it is sure that sshd understands it. */
export async function showBanner({
  host,
  vars,
  shared,
  task,
  gate,
  fact,
}: RoleContext<LoginBannerVars, LoginBannerShared>): Promise<void> {
  const { family, id } = await fact(os)
  if (family === 'other') {
    throw new TaskFailed(`What sshd is called on ${id} is not known, so ${host.name} can show no banner.`, {
      advice: 'Leave this host out of the stage.',
    })
  }
  const { unit: sshd, client } = sshPlaces[family]
  const text = String(render(vars.text, { host, cluster: shared.cluster }, 'login_banner.text'))

  await task('Install the client that looks at the banner', osPackage({ name: client }))
  await task('Write the banner', file({ path: bannerFile, content: `${text.trimEnd()}\n`, ...readable }))
  const config = await task(
    'Configure sshd',
    template({ path: dropIn, from: 'sshd.conf.ejs', values: { banner: bannerFile, ...vars }, ...readable }),
  )
  await task(
    'Try the configuration',
    command({ title: 'Try the configuration of sshd', run: sh`/usr/sbin/sshd -t`, after: config }),
  )
  await task('Let sshd take it up', reload(sshd, { after: config }))
  await gate('The banner is shown', bannerIsServed(text.trim()), { deadline: '30s' })
}
