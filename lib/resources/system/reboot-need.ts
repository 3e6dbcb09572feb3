import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { NotYet } from '../../task/outcome.ts'

const debian = '/run/reboot-required'
const dnf = '/usr/bin/dnf'

/** Whether the system asks for a reboot, by the mark of Debian's family or the program of Red Hat's. */
export async function readNeed(host: HostReader): Promise<boolean | NotYet> {
  const [[marked, redHat], { code }] = await Promise.all([
    host.stat([debian, dnf]),
    host.query(sh`needs-restarting -r`, { ok: [0, 1, noProgram] }),
  ])
  if (marked?.type === 'file') return true
  if (code === noProgram && redHat !== undefined && redHat.type !== 'absent') {
    return new NotYet(`${host.name} cannot tell whether it needs a reboot: install dnf-utils first.`)
  }
  return code === 1
}
