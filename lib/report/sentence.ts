import type { EventBody, EventOf, Event } from './events.ts'

type Sentences = { readonly [T in EventBody['type']]: (event: EventOf<T>) => string }

const sentences: Sentences = {
  'run-started': ({ title, mode, hosts }) => `${title}: ${mode} on ${hosts.join(', ')}`,
  'stage-started': ({ stage = '', hosts }) => `Stage started: ${stage}, on ${hosts.join(', ')}`,
  'batch-started': ({ batch, canary, hosts }) =>
    `${canary === true ? 'Canary' : `Batch ${batch}`} started, on ${hosts.join(', ')}`,
  'task-started': ({ task = '' }) => `Started: ${task}`,
  resource: ({ kind, id, status, why, differences = [] }) =>
    [`${id.startsWith(`${kind}:`) ? id : `${kind}:${id}`} ${status}`, differing(differences), why]
      .filter(Boolean)
      .join(': '),
  output: ({ text }) => text,
  task: ({ task = '', status, message, advice }) =>
    [`${task}: ${status}`, message, advice].filter(Boolean).join('. '),
  gate: ({ task = '', status, message }) => [`${task}: ${status}`, message].filter(Boolean).join('. '),
  contact: ({ state, message }) => `Contact ${state}: ${message}`,
  warning: ({ message }) => message,
  error: ({ message, advice }) => [message, advice].filter(Boolean).join(' '),
  finding: ({ check, class: grade, found, wanted, message, advice }) =>
    `${check} (${grade}): ${message} Found ${found}, wanted ${wanted}. ${advice}`,
  'stage-ended': ({ stage = '', stopped }) => `Stage ${stopped ? 'stopped' : 'ended'}: ${stage}`,
  recap: ({ counts }) =>
    Object.entries(counts)
      .map(([status, count]) => `${status}=${count}`)
      .join(' '),
  'run-ended': ({ exitCode, message }) =>
    [`Ended with exit code ${exitCode}`, message].filter(Boolean).join('. '),
  report: ({ name, data }) => `${name}: ${JSON.stringify(data)}`,
}

/** What an event says, in one plain sentence. */
export function sentence(event: Event): string {
  return (sentences[event.type] as (event: Event) => string)(event)
}

function differing(differences: readonly { readonly field: string }[]): string {
  return differences.map(({ field }) => field).join(', ')
}
