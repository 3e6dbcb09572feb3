import { unfit } from '../../../lib/cluster/unfit.ts'
import * as messages from '../messages/index.ts'
import type { Check } from '../subject.ts'

/** The versions that the variables name go together. */
export const versions: Check = {
  name: 'versions',
  judge({ name: host, configuration }) {
    return unfit(configuration).map(({ grade, ...what }) => {
      return { class: grade, message: messages.versionsDoNotFit({ host, ...what }) }
    })
  },
}
