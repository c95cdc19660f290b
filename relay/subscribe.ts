// SUBSCRIBE: is the history this reader has the one we hold (C5), and where does reading on begin.
import { type Bytes, equal, safeNumber } from '../core/base/bytes.ts';
import { SottoError } from '../core/base/errors.ts';
import { readerId } from '../core/wire/capability.ts';
import { FRAME } from '../core/wire/frame.ts';
import { SubscribedSchema, SubscribeSchema } from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES } from '../core/wire/limits.ts';
import { decode, encode, exact } from '../core/wire/proto.ts';
import type { Handle } from './handles.ts';
import { held, type Reply, refused } from './reply.ts';
import { withRight } from './rights.ts';
import type { Session } from './shared.ts';
import type { LogRecord, StoredPoint } from './store/store.ts';
import { Subscription } from './subscription.ts';

interface Wanted {
  readonly reader: Bytes;
  readonly after: number;
  readonly chain: Bytes;
  readonly show: boolean;
}

/** SUBSCRIBE -> SUBSCRIBED and then pushes, or AHEAD or FORK with the signed head; needs `read`. */
export function subscribe(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(SubscribeSchema, payload, 'subscribe request');
  const wanted = {
    reader: readerId(exact(asked.reader, HASH_BYTES, 'subscribe request')),
    after: safeNumber(asked.after),
    chain: exact(asked.chain, HASH_BYTES, 'subscribe request'),
    show: asked.show,
  };
  return withRight(session, asked.handle, 'read', (handle) => begin(session, handle, wanted));
}

async function begin(session: Session, handle: Handle, wanted: Wanted): Promise<Reply> {
  if (handle.subscription !== null) return refused('CONFLICT', 'The handle has a subscription already.');
  const { store, heads } = session.shared;
  const record = await store.log(handle.log);
  if (record === null) return refused('NOT_FOUND', 'There is no such log.');
  if (wanted.after > record.seq) return refused('AHEAD', 'The relay has fewer entries than you saw.', heads.message(handle.log, record));
  const held = await store.point(handle.log, wanted.after);
  if (held !== null && !equal(held.chain, wanted.chain))
    return refused('FORK', 'The relay has another history than you saw.', heads.message(handle.log, held));
  // Below the floor a chain value may be forgotten; at and above it, it is there or the store is damaged.
  if (held === null && wanted.after >= record.floor) throw new SottoError('STORE_FAILED');
  return start(session, handle, record, wanted);
}

async function start(session: Session, handle: Handle, record: LogRecord, wanted: Wanted): Promise<Reply> {
  const { store, heads } = session.shared;
  const floor = await floorPoint(session, record);
  const cursor = await store.cursor(record.id, wanted.reader);
  const subscription = new Subscription(handle.number, record.id, wanted.reader, Math.max(wanted.after, record.floor), cursor);
  if (session.handles.get(handle.number) !== handle) return refused('NOT_FOUND', 'The handle was closed meanwhile.');
  const release = session.meter.subscribe();
  if (typeof release !== 'function') return held(release, 'Too many logs are subscribed.');
  subscription.onEnd(release);
  handle.subscription = subscription;
  session.live.sit(subscription, wanted.show);
  const payload = encode(SubscribedSchema, {
    floor: BigInt(floor.seq),
    floorChain: floor.chain,
    head: heads.message(record.id, record),
    cursor: BigInt(cursor),
    slots: await store.slotCount(record.id),
  });
  return { type: FRAME.SUBSCRIBED, payload, after: () => session.pusher.start(subscription) };
}

async function floorPoint(session: Session, record: LogRecord): Promise<StoredPoint> {
  const point = await session.shared.store.point(record.id, record.floor);
  if (point === null) throw new SottoError('STORE_FAILED');
  return point;
}
