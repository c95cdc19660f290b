// PUT_SLOT: a small sealed cell beside a log, written only by whoever holds its reader capability.
import { type Bytes, equal, safeNumber } from '../core/base/bytes.ts';
import { readerId } from '../core/wire/capability.ts';
import { PutSlotSchema } from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_SLOT_BYTES } from '../core/wire/limits.ts';
import { decode, exact, within } from '../core/wire/proto.ts';
import { done, type Reply, refused } from './reply.ts';
import { withRight } from './rights.ts';
import type { Session } from './shared.ts';

/** PUT_SLOT -> DONE, also when a higher counter is there already (readers merge by maximum); needs `read`. */
export function putSlot(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(PutSlotSchema, payload, 'slot');
  const slot = {
    reader: readerId(exact(asked.reader, HASH_BYTES, 'slot')),
    counter: safeNumber(asked.counter),
    value: within(asked.value, 1, MAX_SLOT_BYTES, 'slot'),
  };
  return withRight(session, asked.handle, 'read', async ({ log }) => {
    const { store } = session.shared;
    if (await store.putSlot(log, slot)) return done;
    const [found] = await store.slots(log, slot.reader, 1);
    const isKnown = found !== undefined && equal(found.reader, slot.reader);
    return isKnown ? done : refused('QUOTA', 'The log has as many slots as it may have.');
  });
}
