import type { Installation, Installing } from '../../lib/kube/installation.ts'
import type { Product } from './product.ts'

/** The services alone: what has to stop before the cluster forgets the node. */
export function serviceOf({ name, units }: Product): Installation {
  return { name: `${name} service`, units: Object.values(units) }
}

/** What is about to run, with what its way back leaves to the user: the datastore and volumes. */
export function installingOf(product: Product, dataDir: string): Installing {
  return {
    ...installationOf(product, dataDir),
    mark: `${dataDir}/agent`,
    keeps: { from: dataDir, folders: ['server', 'storage'] },
  }
}

/** All that comes to stand on a host because k3s or RKE2 runs there; what an install wrote goes another way. */
export function installationOf({ name, units, kubeconfig }: Product, dataDir: string): Installation {
  const runs = ['/run/k3s', ...(name === 'rke2' ? ['/run/rke2'] : []), '/run/flannel']
  return {
    name,
    units: Object.values(units),
    programs: [dataDir],
    mounts: [...runs, dataDir, '/var/lib/kubelet'].map((path) => `${path}/*`).concat('/run/netns/cni-*'),
    links: [
      'cni0',
      'flannel.*',
      'flannel-*',
      'kube-ipvs0',
      'cilium_*',
      'vxlan.calico',
      'vxlan-v6.calico',
      'cali*',
    ],
    rules: ['KUBE-', 'CNI-', '[Ff][Ll][Aa][Nn][Nn][Ee][Ll]', 'CILIUM_', 'cali[-:]'],
    paths: [
      ...runs,
      kubeconfig,
      '/etc/rancher/node',
      '/var/lib/kubelet',
      '/var/lib/cni',
      '/var/log/pods',
      // Other programs put links and networks of theirs beside these.
      ...['flannel', 'canal', 'calico', 'cilium'].map((plugin) => `/etc/cni/net.d/*${plugin}*`),
      dataDir,
    ],
    emptied: ['/etc/cni/net.d', '/etc/cni', '/var/lib/rancher', '/var/log/containers'],
  }
}
