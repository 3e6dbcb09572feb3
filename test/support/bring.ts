import type { Host, HostReader } from '../../lib/host/host.ts'
import { kindOf, type Inputs, type Reading, type Resource } from '../../lib/task/kind.ts'
import { same, type State } from '../../lib/task/state.ts'

/** A resource as the engine looks at it: rendered, read and named on the controller. */
export async function completed(resource: Resource, roleFolder = '/nowhere'): Promise<Resource> {
  const { resolve, identify } = kindOf(resource.kind)
  const spec = (await resolve?.(resource.spec, { roleFolder })) ?? resource.spec
  return { ...resource, spec, ref: identify?.(resource.ref, spec) ?? resource.ref }
}

/** What one resource looks like on a host. */
export async function reading(host: HostReader, resource: Resource): Promise<Reading<State>> {
  const [state] = await kindOf(resource.kind).read(host, [resource.ref])
  return state ?? new Error('nothing was read')
}

/** What it looks like, where it can be seen. */
export async function stateOf(host: HostReader, resource: Resource): Promise<State> {
  const seen = await reading(host, resource)
  if (seen instanceof Error) throw seen
  return seen
}

/** Brings one resource to what it wants, without an engine; the states before and wanted, undefined when it is right. */
export async function bring(
  host: Host,
  resource: Resource,
  inputs: Inputs = {},
): Promise<{ readonly from: State; readonly to: State } | undefined> {
  const from = await stateOf(host, resource)
  const kind = kindOf(resource.kind)
  const to = kind.want(from, resource.spec, {
    inputs,
    worker: host.worker,
    keep: (content) => host.keep(content),
    hashOf: (sum) => host.hashOf(sum),
  })
  if (same(from, to)) return undefined
  await kind.apply(host, resource.ref, { from, to })
  return { from, to }
}
