import type { Kubernetes } from '../../lib/cluster/vars.ts'
import { TaskFailed } from '../../lib/task/outcome.ts'

export type ProductName = 'k3s' | 'rke2'

/** What tells k3s and RKE2 apart: names, paths and ports. */
export interface Product {
  readonly name: ProductName
  readonly units: { readonly server: string; readonly agent: string }
  /** The program that all of it is. */
  readonly program: string
  readonly configFolder: string
  readonly dataDir: string
  /** Of the administrator, on servers. */
  readonly kubeconfig: string
  /** Where joiners ask a server; undefined where that is the port of the API. */
  readonly joinPort: number | undefined
  /** The kubectl that it brings, below its data folder or as a word after its name. */
  readonly kubectl: string | undefined
  /** What its versions end with. */
  readonly build: string
  readonly releases: string
  /** How the release calls the program, or the archive that holds it. */
  readonly artifact: (arch: Arch) => string
  /** The member of the archive that is the program. */
  readonly member: string | undefined
  readonly images: (arch: Arch) => string
  readonly checksums: (arch: Arch) => string
  readonly script: string
  /** What the script of the makers leaves on a host, beside links to the program. */
  readonly scriptLeaves: (unit: string) => readonly string[]
  /** Where the makers keep the same for users in China. */
  readonly inChina: {
    readonly releases: string
    readonly script: string
    readonly version: (version: string) => string
  }
}

export const products: Readonly<Record<ProductName, Product>> = {
  k3s: {
    name: 'k3s',
    units: { server: 'k3s.service', agent: 'k3s-agent.service' },
    program: '/usr/local/bin/k3s',
    configFolder: '/etc/rancher/k3s',
    dataDir: '/var/lib/rancher/k3s',
    kubeconfig: '/etc/rancher/k3s/k3s.yaml',
    joinPort: undefined,
    kubectl: undefined,
    build: '+k3s',
    releases: 'https://github.com/k3s-io/k3s/releases/download',
    artifact: (arch) => (arch === 'amd64' ? 'k3s' : `k3s-${arch}`),
    member: undefined,
    images: (arch) => `k3s-airgap-images-${arch}.tar.zst`,
    checksums: (arch) => `sha256sum-${arch}.txt`,
    script: 'https://get.k3s.io/',
    scriptLeaves: (unit) => [
      '/usr/local/bin/k3s',
      '/usr/local/bin/k3s-killall.sh',
      `/usr/local/bin/${unit.replace(/\.service$/, '')}-uninstall.sh`,
      `/etc/systemd/system/${unit}`,
      `/etc/systemd/system/${unit}.env`,
    ],
    inChina: {
      releases: 'https://rancher-mirror.rancher.cn/k3s',
      script: 'https://rancher-mirror.rancher.cn/k3s/k3s-install.sh',
      version: (version) => version.replace('+', '-'),
    },
  },
  rke2: {
    name: 'rke2',
    units: { server: 'rke2-server.service', agent: 'rke2-agent.service' },
    program: '/usr/local/bin/rke2',
    configFolder: '/etc/rancher/rke2',
    dataDir: '/var/lib/rancher/rke2',
    kubeconfig: '/etc/rancher/rke2/rke2.yaml',
    joinPort: 9345,
    kubectl: 'bin/kubectl',
    build: '+rke2r',
    releases: 'https://github.com/rancher/rke2/releases/download',
    artifact: (arch) => `rke2.linux-${arch}.tar.gz`,
    member: 'bin/rke2',
    images: (arch) => `rke2-images.linux-${arch}.tar.zst`,
    checksums: (arch) => `sha256sum-${arch}.txt`,
    script: 'https://get.rke2.io/',
    scriptLeaves: () => [
      '/usr/local/bin/rke2',
      '/usr/local/bin/rke2-killall.sh',
      '/usr/local/bin/rke2-uninstall.sh',
      ...['server', 'agent'].flatMap((part) =>
        ['service', 'env'].map((end) => `/usr/local/lib/systemd/system/rke2-${part}.${end}`),
      ),
      '/usr/local/share/rke2',
    ],
    inChina: {
      releases: 'https://rancher-mirror.rancher.cn/rke2/releases/download',
      script: 'https://rancher-mirror.rancher.cn/rke2/install.sh',
      version: (version) => version,
    },
  },
}

/** What k3s is when it is called by these names. */
export const links = ['kubectl', 'crictl', 'ctr'].map((tool) => `/usr/local/bin/${tool}`)

/** The one that a cluster is made of; other distributions have roles of their own. */
export function productOf({ distribution }: Pick<Kubernetes, 'distribution'>): Product {
  if (distribution === 'k3s' || distribution === 'rke2') return products[distribution]
  throw new TaskFailed(`kubernetes.distribution is ${distribution}, and this role brings up k3s and rke2.`, {
    advice: 'Set it to k3s or rke2.',
  })
}

/** How its kubectl is called. */
export function kubectlOf({ kubectl, program }: Product, dataDir: string): string {
  return kubectl === undefined ? `${program} kubectl` : `${dataDir}/${kubectl}`
}

export type Arch = 'amd64' | 'arm64'

const arches: Readonly<Record<string, Arch>> = { x86_64: 'amd64', aarch64: 'arm64' }

/** How releases call a machine. */
export function archOf(machine: string): Arch {
  const arch = arches[machine]
  if (arch !== undefined) return arch
  throw new TaskFailed(`There is no release for ${machine}.`, {
    advice: `Releases are made for ${Object.keys(arches).join(' and ')}.`,
  })
}

/** Where things come from: their usual places, or those for users in China. */
export type MirrorProfile = 'none' | 'cn'

/** Where a file of a release is to be had. */
export function releaseUrl(product: Product, version: string, file: string, profile: MirrorProfile): string {
  const { releases, version: named } = profile === 'cn' ? product.inChina : { ...product, version: String }
  return `${releases}/${encodeURIComponent(named(version))}/${file}`
}

/** The registry with the images of the system for users in China. */
export const registryInChina = 'registry.cn-hangzhou.aliyuncs.com'

export type Part = 'server' | 'agent'
