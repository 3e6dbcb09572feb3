import { defineVars, list, string, type Infer } from '../../lib/vars/schema.ts'

export const vars = defineVars({
  timeServers: list(string(), {
    default: [],
    doc: 'Whom the clocks follow: one host of the inventory, which then serves the others, or addresses of time servers. Empty: the clocks are left as they are.',
  }),
  timeClients: list(string(), {
    default: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    doc: 'Networks that the serving host of the inventory answers.',
  }),
})

export type SystemTuningVars = Infer<typeof vars>
