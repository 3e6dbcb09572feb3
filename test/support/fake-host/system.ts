import { changer, refused, said, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

/** The programs by which the kernel is told something; what it then knows stands in its files. */
export function systemPrograms(files: FakeFiles): Programs {
  return ([program, value = '']) => {
    if (program === 'hostname' && value !== '')
      return changer(() => (files.write('/proc/sys/kernel/hostname', `${value}\n`), said('')))
    if (program === 'setenforce') {
      const path = '/sys/fs/selinux/enforce'
      if (files.get(path) === undefined) return changer(() => refused('setenforce: SELinux is disabled'))
      return changer(() => (files.write(path, value), said('')))
    }
    return undefined
  }
}
