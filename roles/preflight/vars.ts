import { defineVars, duration, int, list, oneOf, type Infer } from '../../lib/vars/schema.ts'

/** What is looked at, as `preflight.skipChecks` and every finding call it. */
export const checkNames = [
  'connectivity',
  'commands',
  'system',
  'hardware',
  'disk',
  'kernel',
  'hostname',
  'identity',
  'clock',
  'installation',
  'ports',
  'resolver',
  'selinux',
  'firewall',
  'swap',
  'networks',
  'vip',
  'loadBalancer',
  'versions',
  'reachability',
  'latency',
  'mtu',
] as const

export type CheckName = (typeof checkNames)[number]

export const vars = defineVars({
  skipChecks: list(oneOf(...checkNames), {
    default: [],
    doc: 'Checks to leave out: what they would find is not looked for, or not told.',
  }),
  maxClockSkew: duration({ default: '5s', doc: 'How far a clock may be from the others, and from here.' }),
  maxLatency: duration({
    default: '10ms',
    doc: 'How long a packet may take to another member of etcd and back.',
  }),
  neighbours: int({
    default: 3,
    min: 0,
    doc: 'To how many hosts behind it in the inventory each host tries its way, besides those that its ports lead to.',
  }),
})

export type PreflightVars = Infer<typeof vars>
