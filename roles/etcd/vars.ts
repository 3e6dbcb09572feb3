/** Others look at them, too, so they stand where all see them. */
export { etcd as vars, type Etcd as EtcdVars } from '../../lib/cluster/etcd-vars.ts'
