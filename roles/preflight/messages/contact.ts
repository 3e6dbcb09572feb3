import type { Unreachable } from '../../../lib/transport/errors.ts'
import type { Message } from './message.ts'

interface Lost {
  readonly host: string
  readonly why: Pick<Unreachable, 'reason' | 'message' | 'advice'>
}

const found = {
  network: { en: 'no answer', zh: '无响应' },
  hostkey: { en: 'another host key', zh: '主机密钥不符' },
  auth: { en: 'the login refused', zh: '登录被拒绝' },
  become: { en: 'no way to become root', zh: '无法提权' },
  shell: { en: 'no shell', zh: '没有可用的 shell' },
  settings: { en: 'settings that do not fit together', zh: '连接配置错误' },
  taken: { en: 'somebody else at work', zh: '其他任务正在运行' },
} as const

const wanted = {
  network: { en: 'an answer over the network', zh: '网络可达' },
  hostkey: { en: 'the known host key', zh: '已知的主机密钥' },
  auth: { en: 'a login', zh: '可以登录' },
  become: { en: 'root by sudo, su or doas', zh: '免密 sudo 权限' },
  shell: { en: 'a POSIX shell', zh: 'POSIX shell' },
  settings: { en: 'settings that fit together', zh: '正确的连接配置' },
  taken: { en: 'nobody else at work', zh: '没有其他任务正在运行' },
} as const

const advice = {
  network: '请检查网络策略、防火墙或 SSHD 服务状态。',
  hostkey: '请核对主机密钥；确认无误后更新 known_hosts。',
  auth: '请检查用户名、密钥或密码。',
  become: '请确保该用户具有免密 sudo 权限，或提供提权密码。',
  shell: '请为该用户配置可用的登录 shell。',
  settings: '请修正该主机的连接变量。',
  taken: '请等待另一个任务结束后重试。',
} as const

/** Network, host key, login and privilege are told apart: each has another remedy. */
export function cannotBeWorkedOn({ host, why }: Lost): Message {
  const { reason, message } = why
  return {
    en: {
      found: found[reason].en,
      wanted: wanted[reason].en,
      message: `${host} cannot be worked on: ${message}`,
      advice: why.advice,
    },
    zh: {
      found: found[reason].zh,
      wanted: wanted[reason].zh,
      message: `无法连接到节点 ${host} 或在其上执行操作：${message}`,
      advice: advice[reason],
    },
  }
}
