import * as assert from 'uvu/assert'
import { Turns } from '../../../lib/transport/turns.ts'
import { suite } from '../../support/suite.ts'

const test = suite('turns')

test('who needs two at once gets both or none, and nobody who came later passes by', async () => {
  const turns = new Turns(2)
  const order: string[] = []
  const endFirst = await turns.take()
  const both = turns.take(2).then((end) => (order.push('both'), end))
  const last = turns.take().then((end) => (order.push('last'), end))
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(order, [])
  endFirst()
  endFirst()
  const endBoth = await both
  assert.equal(order, ['both'])
  endBoth()
  await last
  assert.equal(order, ['both', 'last'])
})
