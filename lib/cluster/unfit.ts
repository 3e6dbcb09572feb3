import { bringsAll, type Distribution } from './distributions.ts'
import type { ClusterConfiguration, Kubernetes } from './vars.ts'
import { compareVersions, minorOf, minors, newestMinor, releaseOf, type Release } from './versions.ts'

/** A part of a cluster that does not fit its version of Kubernetes. */
export interface Unfit {
  readonly part: 'kubernetes' | 'proxyMode' | 'runtime' | 'etcd' | 'network'
  readonly found: string
  /** What would fit: versions, with a plus where newer patches do as well. */
  readonly wanted: string
  /** `warning` where nobody tried it, `fatal` where it cannot work. */
  readonly grade: 'fatal' | 'warning'
}

type Finding = Unfit | undefined

/** Which parts of a cluster do not fit each other; of a part whose version is left to others, nothing is said. */
export function unfit(configuration: ClusterConfiguration): readonly Unfit[] {
  const { version } = configuration.kubernetes
  const release = version === undefined ? undefined : releaseOf(version)
  const isChosen = !bringsAll(configuration.kubernetes.distribution)
  return [
    kubernetesUnfit(configuration.kubernetes),
    proxyModeUnfit(configuration.kubernetes, release),
    isChosen ? runtimeUnfit(configuration, release) : undefined,
    isChosen ? etcdUnfit(configuration, release) : undefined,
    networkUnfit(configuration, release),
  ].filter((finding) => finding !== undefined)
}

const builds: Readonly<Partial<Record<Distribution, string>>> = { k3s: '+k3s', rke2: '+rke2r' }

const versionText = /^(v?\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.?\d+)?)(?:(\+k3s|\+rke2r)\d+)?$/

function kubernetesUnfit({ distribution, version }: Kubernetes): Finding {
  if (version === undefined) return undefined
  const own = builds[distribution]
  const text = versionText.exec(version)
  if (text === null || (text[2] !== undefined && text[2] !== own)) {
    const wanted = `${text?.[1] ?? `v${newestMinor}.0`}${own === undefined ? '' : `${own}1`}`
    return { part: 'kubernetes', found: version, wanted, grade: 'fatal' }
  }
  if (releaseOf(version) !== undefined) return undefined
  return { part: 'kubernetes', found: version, wanted: minors.join(', '), grade: 'fatal' }
}

function proxyModeUnfit({ proxyMode }: Kubernetes, release: Release | undefined): Finding {
  if (release === undefined || proxyMode === 'iptables' || release[proxyMode] === 'supported')
    return undefined
  const others = (['ipvs', 'nftables'] as const).filter((mode) => release[mode] === 'supported')
  const grade = release[proxyMode] === 'deprecated' ? 'warning' : 'fatal'
  return { part: 'proxyMode', found: proxyMode, wanted: ['iptables', ...others].join(', '), grade }
}

function runtimeUnfit({ runtime, kubernetes }: ClusterConfiguration, release: Release | undefined): Finding {
  const { type, version } = runtime
  const finding = (wanted: string, grade: Unfit['grade']): Unfit => {
    return { part: 'runtime', found: version === undefined ? type : `${type} ${version}`, wanted, grade }
  }
  if (version !== undefined && minorOf(version) === undefined) return finding('1.2.3', 'fatal')
  if (release === undefined) return undefined
  if (type === 'isulad') return finding('containerd, docker, cri-o', 'warning')
  if (version === undefined) return undefined
  if (type === 'cri-o') {
    const minor = minorOf(kubernetes.version ?? '')
    return minorOf(version) === minor ? undefined : finding(`cri-o ${minor}`, 'fatal')
  }
  if (type === 'docker') {
    const { engine } = release.docker
    if (compareVersions(version, engine) >= 0) return undefined
    return finding(`docker ${engine}+`, release.cgroupV1 === 'refused' ? 'fatal' : 'warning')
  }
  const { least, tested } = release.containerd
  if (compareVersions(version, least) < 0) return finding(`containerd ${least}+`, 'fatal')
  return isTested(version, tested)
    ? undefined
    : finding(`containerd ${tested.map((each) => `${each}+`).join(', ')}`, 'warning')
}

/** A patch of a line that was tested, not before it was; or of a line that is newer than all of them. */
function isTested(version: string, tested: readonly string[]): boolean {
  const since = tested.find((each) => minorOf(each) === minorOf(version))
  return compareVersions(version, since ?? tested.at(-1) ?? '') >= 0
}

function etcdUnfit({ etcd, kubernetes }: ClusterConfiguration, release: Release | undefined): Finding {
  const { type, version } = etcd
  if (version === undefined) return undefined
  const finding = (wanted: string, grade: Unfit['grade']): Unfit => {
    return { part: 'etcd', found: version, wanted, grade }
  }
  const found = minorOf(version)
  if (found === undefined) return finding('3.6.5', 'fatal')
  if (release === undefined) return undefined
  const { line, least } = release.etcd
  if (compareVersions(version, least) < 0) return finding(`${least}+`, 'fatal')
  const order = compareVersions(found, line)
  if (order > 0) return finding(line, 'warning')
  // kubeadm starts its own etcd with flags that an older line does not know.
  const isOfKubeadm = kubernetes.distribution === 'kubeadm' && type === 'stacked'
  return order < 0 && isOfKubeadm ? finding(line, 'fatal') : undefined
}

function networkUnfit({ network }: ClusterConfiguration, release: Release | undefined): Finding {
  const { plugin, version } = network
  if (version === undefined || plugin === 'none') return undefined
  const found = `${plugin} ${version}`
  const line = minorOf(version)
  if (line === undefined) return { part: 'network', found, wanted: 'v1.2.3', grade: 'fatal' }
  if (release === undefined || plugin === 'flannel' || release[plugin].includes(line)) return undefined
  return { part: 'network', found, wanted: `${plugin} ${release[plugin].join(', ')}`, grade: 'warning' }
}
