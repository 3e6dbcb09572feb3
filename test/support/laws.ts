import * as assert from 'uvu/assert'

/** What a run says of each resource, by id. */
export interface Said {
  readonly changed: readonly string[]
  readonly unknown: readonly string[]
  /** What failed, as text. */
  readonly failed: readonly string[]
  /** A task failed and the role went on: what a check then names may come otherwise. */
  readonly rescued: boolean
  /** A plan ended before the role did: it names nothing of what follows. */
  readonly planEnded: boolean
}

export interface SaidByRevert {
  readonly failed: readonly string[]
  /** Why, by id. */
  readonly kept: Readonly<Record<string, string>>
}

export type Fingerprint = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Something that goes wrong with one thing that the role owns. */
export interface Damage {
  readonly title: string
  /** The resources that the repair changes; what reacts to them included. */
  readonly repairs: readonly string[]
  readonly do: () => unknown
}

/** A role on one host, or on several, whatever they are made of. */
export interface LawGround {
  check(): Promise<Said>
  run(): Promise<Said>
  /** Reverts the last run. */
  revert(): Promise<SaidByRevert>
  /** All that may be told apart on the hosts, by area and name; without our own memory there. */
  fingerprint(): Promise<Fingerprint> | Fingerprint
}

/** A ground as it is before the role has run; a new one with each call. */
export type Start = () => Promise<LawGround> | LawGround

/** 1. What a check names is what the run then does, `unknown` apart; and a check leaves no trace. */
export async function isHonest(start: Start): Promise<void> {
  await runsAsForetold(await start())
}

/** 2. The second run has nothing to do, and a check says so. */
export async function isIdempotent(start: Start): Promise<void> {
  const ground = await start()
  assert.equal((await ground.run()).failed, [], 'the run failed')
  await hasNothingToDo(ground)
}

/** 3. Damage is found and undone, and nothing else is touched. */
export async function repairs<Ground extends LawGround>(
  start: () => Promise<Ground> | Ground,
  damages: (ground: Ground) => readonly Damage[],
): Promise<void> {
  const ground = await start()
  await ground.run()
  await repairsItself(ground, damages(ground))
}

/** 4. A revert leaves the host as it was found; what it keeps, it names. */
export async function isReversible(start: Start, keeps: readonly string[] = []): Promise<void> {
  const ground = await start()
  const before = await ground.fingerprint()
  await ground.run()
  await goesBack(ground, before, keeps)
}

/** All four, from one start. */
export async function keepsLaws<Ground extends LawGround>(
  start: () => Promise<Ground> | Ground,
  damages: (ground: Ground) => readonly Damage[],
  keeps?: readonly string[],
): Promise<void> {
  await isHonest(start)
  await isIdempotent(start)
  await repairs(start, damages)
  await isReversible(start, keeps)
}

/** All four, one after the other on one ground: for real hosts, of which there are not many. */
export async function keepsLawsInTurn(ground: LawGround, damages: readonly Damage[]): Promise<void> {
  const found = await ground.fingerprint()
  await runsAsForetold(ground)
  await hasNothingToDo(ground)
  await goesBack(ground, found)
  await ground.run()
  await repairsItself(ground, damages)
  await goesBack(ground, found)
}

/** A check, then the run that it speaks of. */
export async function runsAsForetold(ground: LawGround): Promise<void> {
  const before = await ground.fingerprint()
  const plan = await ground.check()
  assert.equal(await ground.fingerprint(), before, 'the check changed something')
  assert.equal(plan.failed, [], 'the check failed')
  const run = await ground.run()
  assert.equal(run.failed, [], 'the run failed')
  if (run.rescued) return
  const named = new Set([...plan.changed, ...plan.unknown])
  const missed = plan.changed.filter((id) => !run.changed.includes(id))
  assert.equal(missed, [], 'the check names what the run does not do')
  const hidden = plan.planEnded ? [] : run.changed.filter((id) => !named.has(id))
  assert.equal(hidden, [], 'the run does what the check does not name')
}

/** Nothing to do: neither for a check nor for a run, and the host stays as it is. */
export async function hasNothingToDo(ground: LawGround): Promise<void> {
  const before = await ground.fingerprint()
  const nothing: Said = { changed: [], unknown: [], failed: [], rescued: false, planEnded: false }
  assert.equal(await ground.check(), nothing, 'a check after the run finds something to do')
  assert.equal(await ground.run(), nothing, 'a second run finds something to do')
  assert.equal(await ground.fingerprint(), before, 'a second run changed something')
}

/** Each damage on its own, and a run that undoes it. */
export async function repairsItself(ground: LawGround, damages: readonly Damage[]): Promise<void> {
  const right = await ground.fingerprint()
  for (const { title, repairs: expected, do: doIt } of damages) {
    await doIt()
    assert.not.equal(await ground.fingerprint(), right, `${title}: this is no damage`)
    const plan = await ground.check()
    const wrong = plan.changed.filter((id) => !expected.includes(id))
    const missed = expected.filter((id) => !plan.changed.includes(id) && !plan.unknown.includes(id))
    assert.equal({ wrong, missed }, { wrong: [], missed: [] }, `${title}: the check`)
    const run = await ground.run()
    assert.equal(run.failed, [], `${title}: the repair failed`)
    assert.equal(run.changed.toSorted(), expected.toSorted(), `${title}: the repair`)
    assert.equal(await ground.fingerprint(), right, `${title}: not as before the damage`)
  }
}

/** Reverts the last run. */
export async function goesBack(
  ground: LawGround,
  before: Fingerprint,
  keeps: readonly string[] = [],
): Promise<void> {
  const { failed, kept } = await ground.revert()
  assert.equal(failed, [], 'the revert failed')
  assert.equal(Object.keys(kept).toSorted(), keeps.toSorted(), 'what the revert kept')
  for (const [id, why] of Object.entries(kept)) assert.ok(why !== '', `${id} is kept without a reason`)
  if (keeps.length === 0) assert.equal(await ground.fingerprint(), before, 'not as it was found')
}
