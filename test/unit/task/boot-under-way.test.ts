import * as assert from 'uvu/assert'
import { reboot } from '../../../lib/resources/system/reboot.ts'
import { bootUnderWay } from '../../../lib/task/boot-under-way.ts'
import type { Entry } from '../../../lib/task/journal.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/boot-under-way')
const { kind, id, ref } = reboot({ reason: 'the new kernel', run: 'first', deadline: '3m' })

const intent: Entry = {
  type: 'intent',
  n: 4,
  at: { stage: 0, batch: 0, stageTitle: 's', role: 'r', task: 't' },
  kind,
  id,
  ref,
  from: { is: 'booted', run: 'never' },
  to: { is: 'booted', run: 'first' },
}

test('A boot that nobody saw the end of may still be under way, for its deadline', () => {
  assert.is(bootUnderWay([intent]), 180_000)
})

test('One that has ended is not, nor is anything else, nor what nobody knows here', () => {
  assert.is(bootUnderWay([]), undefined)
  assert.is(bootUnderWay([intent, { type: 'done', n: 4 }]), undefined)
  assert.is(bootUnderWay([{ ...intent, kind: 'gone' }]), undefined)
})
