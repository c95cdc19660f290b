// The world stops at every commit of Alice, then of Bob: before it took effect and after. The story goes on over what is on the disk.
import { describe, expect, it } from 'vitest';
import { cast, RESENT, type Stage, type Step, storyHolds, tellStory, tellWithFailures } from '../support/people-story.ts';
import { twoRelays } from '../support/people-town.ts';
import { bySize } from '../support/size.ts';
import type { Moment } from '../support/store-faulty.ts';

/** Every how many commits the story stops; the offsets differ, so that over all cases many commits are met. */
const STRIDE = bySize({ usual: 40, full: 12, slow: 1 });

const town = twoRelays();

describe.each(['Alice', 'Bob'] as const)('%s', (who) => {
  it.each(['before', 'after'] as const)('loses nothing when her or his device stops %s a commit took effect', async (moment) => {
    const commits = await commitsOf(who);
    for (let n = offset(who, moment); n <= commits; n += STRIDE) await stopAt(who, n, moment);
  });
});

describe.each(['Alice', 'Bob'] as const)('%s', (who) => {
  it.each(['before', 'after'] as const)('goes on when the disk refuses once, %s it wrote', async (moment) => {
    const commits = await commitsOf(who);
    for (let n = offset(who, moment); n <= commits; n += STRIDE) await failAt(who, n, moment);
  });
});

describe('a message that failed', () => {
  it.each(['before', 'after'] as const)('is sent again once when Alice’s device stops %s any commit of that', async (moment) => {
    const commits = await stopInResend(0, moment);
    expect(commits).toBeGreaterThan(1);
    for (let n = 1; n <= commits; n += 1) await stopInResend(n, moment);
  });
});

/** Tells the story, with a stop at the n-th commit from where the message is sent again (0: none); answers how many commits that took. */
async function stopInResend(n: number, moment: Moment): Promise<number> {
  const stage = await cast(town.relay, town.second);
  const { alice } = stage;
  const marks: number[] = [];
  try {
    const crashes = await tellStory(stage, (step: Step) => {
      if (step.name === RESENT && n > 0) alice.store.stopAt(n, moment);
      if (step.name === RESENT || marks.length === 1) marks.push(alice.store.commits);
    });
    expect(crashes).toBe(n === 0 ? 0 : 1);
    await storyHolds(stage);
    for (const one of [alice, stage.bob]) expect(await one.warned(), 'no false alarm').toEqual([]);
    const [from = 0, to = 0] = marks;
    return to - from;
  } catch (error) {
    throw new Error(`Alice stopped ${moment} commit ${n} of sending again: ${String(error)}`, { cause: error });
  } finally {
    await leave(stage);
  }
}

/** Another first commit for each case. */
function offset(who: string, moment: Moment): number {
  return 1 + Math.floor((((who === 'Alice' ? 0 : 2) + (moment === 'before' ? 0 : 1)) * STRIDE) / 4);
}

async function failAt(who: string, n: number, moment: Moment): Promise<void> {
  const stage = await cast(town.relay, town.second);
  const person = who === 'Alice' ? stage.alice : stage.bob;
  person.store.failAt(n, moment);
  try {
    const failures = await tellWithFailures(stage);
    expect(new Set(['STORE_FAILED', ...failures]), 'the reason is the disk').toEqual(new Set(['STORE_FAILED']));
    person.store.behave();
    await storyHolds(stage);
  } catch (error) {
    throw new Error(`${who}'s disk refused ${moment} commit ${n}: ${String(error)}`, { cause: error });
  } finally {
    await leave(stage);
  }
}

async function commitsOf(who: string): Promise<number> {
  const stage = await cast(town.relay, town.second);
  await tellStory(stage);
  const { commits } = who === 'Alice' ? stage.alice.store : stage.bob.store;
  await storyHolds(stage);
  await leave(stage);
  return commits;
}

async function stopAt(who: string, n: number, moment: Moment): Promise<void> {
  const stage = await cast(town.relay, town.second);
  const person = who === 'Alice' ? stage.alice : stage.bob;
  person.store.stopAt(n, moment);
  try {
    await tellStory(stage);
    person.store.behave();
    if (person.hasStopped) await person.restart();
    await storyHolds(stage);
    for (const one of [stage.alice, stage.bob]) expect(await one.warned(), 'no false alarm').toEqual([]);
  } catch (error) {
    throw new Error(`${who} stopped ${moment} commit ${n}: ${String(error)}`, { cause: error });
  } finally {
    await leave(stage);
  }
}

async function leave({ alice, bob }: Stage): Promise<void> {
  await alice.end();
  await bob.end();
}
