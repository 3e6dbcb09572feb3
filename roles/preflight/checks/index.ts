import type { Check } from '../subject.ts'
import { clock } from './clock.ts'
import { commands } from './commands.ts'
import { firewall, selinux, swap } from './defences.ts'
import { disk } from './disk.ts'
import { hardware } from './hardware.ts'
import { hostname } from './hostname.ts'
import { identity } from './identity.ts'
import { installation } from './installation.ts'
import { kernel } from './kernel.ts'
import { loadBalancer, vip } from './load-balancer.ts'
import { networks } from './networks.ts'
import { ports } from './ports.ts'
import { resolver } from './resolver.ts'
import { system } from './system.ts'
import { versions } from './versions.ts'
import { latency, mtu, reachability } from './ways.ts'

/** In the order in which their findings are told. */
export const checks: readonly Check[] = [
  commands,
  system,
  hardware,
  disk,
  kernel,
  hostname,
  identity,
  clock,
  installation,
  ports,
  resolver,
  selinux,
  firewall,
  swap,
  networks,
  vip,
  loadBalancer,
  versions,
  reachability,
  latency,
  mtu,
]
