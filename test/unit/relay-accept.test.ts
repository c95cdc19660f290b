// The relay's hot path: order, joining, and what happens behind a refusal. A stamp must never overtake what was refused before it.
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { silentLog } from '../../core/base/log.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { refusalName } from '../../core/wire/codes.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { decodeStamped, encodeAppend, type StampedRun } from '../../core/wire/hot.ts';
import { Accept } from '../../relay/accept.ts';
import type { Hold } from '../../relay/admission/meter.ts';
import { Handles } from '../../relay/handles.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import type { AppendRefusal, RelayStore, Submission } from '../../relay/store/store.ts';
import { relayParts } from '../support/relay-parts.ts';
import { refusalIn, testLog } from '../support/relay-peer.ts';

type Append = RelayStore['append'];

/** Accept over a store that a test holds by hand: every call waits until it is answered. */
function held() {
  const calls: { run: readonly Submission[]; stamp(count: number, refusal?: AppendRefusal): void; fail(): void }[] = [];
  const answers = new Map<number, StampedRun>();
  let seq = 0;
  const append: Append = (run) =>
    new Promise((resolve, reject) => {
      const stamps = (count: number) => run.slice(0, count).map(({ id }) => ({ seq: ++seq, time: 1, chain: id, known: false }));
      const stamp = (count: number, refusal?: AppendRefusal) => resolve({ stamps: stamps(count), refusal: refusal ?? null });
      calls.push({ run, stamp, fail: () => reject(new SottoError('STORE_FAILED')) });
    });
  const handles = new Handles();
  const handle = handles.open(random(32), new Set(['append']), null);
  const answer = (request: number, _cost: number, reply: { type: number; payload: Uint8Array<ArrayBuffer> }) => {
    expect(reply.type).toBe(FRAME.STAMPED);
    answers.set(request, decodeStamped(reply.payload));
  };
  const meter = { hold: null as Hold | null, append: () => meter.hold };
  const accept = new Accept({ store: { append }, log: silentLog, metrics: new Metrics(), handles, meter, answer });
  const send = (request: number, ...envelopes: Uint8Array<ArrayBuffer>[]) => {
    accept.take(request, encodeAppend({ handle: handle?.number ?? 0, envelopes }));
    accept.start();
  };
  const code = (request: number) => {
    const refusal = answers.get(request)?.refusal;
    return refusal === undefined ? 'unanswered' : refusal === 0 ? 'stamped' : refusalName(refusal);
  };
  return { calls, answers, send, code, accept, meter };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const [a, b, c, d] = [random(40), random(40), random(40), random(40)] as const;

test('frames that arrive while a run is being written become the next run, in order', async () => {
  const { calls, send, answers } = held();
  send(1, a);
  send(2, b, c);
  send(3, d);
  expect(calls).toHaveLength(1);
  calls[0]?.stamp(1);
  await settled();
  expect(calls[1]?.run.map(({ envelope }) => envelope)).toEqual([b, c, d]);
  calls[1]?.stamp(3);
  await settled();
  expect([1, 2, 3].map((request) => answers.get(request)?.stamps.map(({ seq }) => seq))).toEqual([[1], [2, 3], [4]]);
});

test('a stamp carries the hash of the very envelope it is for', async () => {
  const { calls, send, answers } = held();
  send(1, a, b);
  calls[0]?.stamp(2);
  await settled();
  expect(answers.get(1)?.stamps.map(({ id }) => id)).toEqual([envelopeId(a), envelopeId(b)]);
});

test('after a refusal nothing that was sent behind it is stamped, neither what waited nor what comes later', async () => {
  const { calls, send, code, answers } = held();
  send(1, a, b);
  send(2, c);
  calls[0]?.stamp(1, 'QUOTA');
  await settled();
  send(3, d);
  expect([code(1), code(2), code(3)]).toEqual(['QUOTA', 'CONFLICT', 'CONFLICT']);
  expect(answers.get(1)?.stamps).toHaveLength(1);
  expect(calls).toHaveLength(1);
});

test('the refused envelope sent again opens the handle, and what follows it is stamped behind it', async () => {
  const { calls, send, code } = held();
  send(1, a);
  send(2, b);
  calls[0]?.stamp(0, 'QUOTA');
  await settled();
  send(3, a, b);
  send(4, c);
  calls[1]?.stamp(2);
  await settled();
  calls[2]?.stamp(1);
  await settled();
  expect([code(3), code(4)]).toEqual(['stamped', 'stamped']);
  expect(calls.slice(1).map(({ run }) => run.map(({ envelope }) => envelope))).toEqual([[a, b], [c]]);
});

test('a peer that gives the refused envelope up goes on with the next one that it was told to wait with', async () => {
  const { calls, send, code } = held();
  send(1, a);
  send(2, b);
  calls[0]?.stamp(0, 'TOO_LARGE');
  await settled();
  expect(code(2)).toBe('CONFLICT');
  send(3, b);
  calls[1]?.stamp(1);
  await settled();
  expect(code(3)).toBe('stamped');
});

test('when the disk fails the run is refused as a whole, and what waits behind it as well', async () => {
  const { calls, send, code } = held();
  send(1, a, b);
  send(2, c);
  calls[0]?.fail();
  await settled();
  expect([code(1), code(2)]).toEqual(['STORE', 'CONFLICT']);
});

test('of a refusal in the middle of joined frames only the frames behind it are refused', async () => {
  const { calls, send, code } = held();
  send(1, a);
  send(2, b);
  send(3, c);
  send(4, d);
  calls[0]?.stamp(1);
  await settled();
  calls[1]?.stamp(1, 'QUOTA');
  await settled();
  expect([1, 2, 3, 4].map(code)).toEqual(['stamped', 'stamped', 'QUOTA', 'CONFLICT']);
});

test('what the store was not given yet is forgotten when the peer goes', async () => {
  const { calls, send, accept, code } = held();
  send(1, a);
  send(2, b);
  accept.end();
  calls[0]?.stamp(1);
  await settled();
  expect(calls).toHaveLength(1);
  expect(code(2)).toBe('unanswered');
});

test('Alice appends runs over a real store: dense numbers, the chain she recomputes, the same stamp for the same bytes', async () => {
  const { peer } = await (await relayParts()).greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const answers = await peer.appendAll(handle, [[a, b], [c]]);
  const stamps = answers.flatMap((run) => run.stamps);
  let chain = chainStart(log.id);
  for (const [at, { seq, time, id }] of stamps.entries()) {
    chain = chainNext(chain, at + 1, time, id);
    expect(stamps[at]).toMatchObject({ seq, chain });
  }
  expect((await peer.append(handle, b, d)).stamps).toMatchObject([stamps[1] ?? {}, { seq: 4 }]);
});

test('without the append capability nothing is stamped, and an unknown handle is not found', async () => {
  const { peer } = await (await relayParts()).greeted('mallory');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log, { read: log.capabilities.read });
  expect(refusalName((await peer.append(handle, a)).refusal)).toBe('CAPABILITY');
  expect(refusalIn(await peer.ask(FRAME.APPEND, encodeAppend({ handle: 999, envelopes: [a] })))).toBe('NOT_FOUND');
});

test('a full log refuses what does not fit and keeps the order of what waits behind', async () => {
  const { peer } = await (await relayParts({ quotaBytes: 2_000 })).greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log, { append: log.capabilities.append });
  const answers = await peer.appendAll(handle, [[random(1_500)], [random(1_500)], [random(20)]]);
  expect(answers.map(({ refusal }) => (refusal === 0 ? 'stamped' : refusalName(refusal)))).toEqual(['stamped', 'QUOTA', 'CONFLICT']);
});

test('a run that comes too fast is refused in its turn, with how long to wait, and nothing sent behind it overtakes', async () => {
  const { calls, send, code, answers, meter } = held();
  send(1, a);
  meter.hold = { name: 'RATE', wait: 700 };
  send(2, b);
  meter.hold = null;
  send(3, c);
  expect([code(2), code(3)]).toEqual(['unanswered', 'unanswered']);
  calls[0]?.stamp(0, 'QUOTA');
  await settled();
  expect([code(1), code(2), code(3)]).toEqual(['QUOTA', 'CONFLICT', 'CONFLICT']);
  send(4, a);
  meter.hold = { name: 'RATE', wait: 700 };
  send(5, b);
  meter.hold = null;
  send(6, c);
  calls[1]?.stamp(1);
  await settled();
  expect([code(4), code(5), code(6)]).toEqual(['stamped', 'RATE', 'CONFLICT']);
  expect(answers.get(5)?.retryAfter).toBe(700);
  send(7, d);
  send(8, b);
  send(9, c);
  calls[2]?.stamp(1);
  await settled();
  calls[3]?.stamp(1);
  await settled();
  expect([code(7), code(8), code(9)]).toEqual(['CONFLICT', 'stamped', 'stamped']);
});
