export { firewallPort, type FirewallPortArgs } from './firewall-port.ts'
export { noFirewall } from './no-firewall.ts'
