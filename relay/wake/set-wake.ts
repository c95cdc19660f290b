// SET_ENDPOINT and SET_WAKE: where a device is called, and for which readers.
import { type Bytes, text, utf8 } from '../../core/base/bytes.ts';
import { readerId, wakeId } from '../../core/wire/capability.ts';
import { SetEndpointSchema, SetWakeSchema } from '../../core/wire/gen/relay_pb.ts';
import { ENDPOINT_LIFETIME_MS, HASH_BYTES, MAX_ENDPOINT_BYTES } from '../../core/wire/limits.ts';
import { decode, exact, within } from '../../core/wire/proto.ts';
import { done, held, type Reply, refused } from '../reply.ts';
import { unregistered, withRight } from '../rights.ts';
import type { Session } from '../shared.ts';

const nobody = refused('UNSUPPORTED', 'This relay wakes nobody.');
const noEndpoint = refused('NOT_FOUND', 'There is no such endpoint; set it first.');

/** SET_ENDPOINT -> DONE; needs a registration, which pays for a URL that is new. */
export async function setEndpoint(session: Session, payload: Bytes): Promise<Reply> {
  const { wakes, store, clock, admission } = session.shared;
  if (wakes === null) return nobody;
  const asked = decode(SetEndpointSchema, payload, 'endpoint');
  const id = wakeId(exact(asked.wake, HASH_BYTES, 'endpoint'));
  const url = text(within(utf8(asked.url), 0, MAX_ENDPOINT_BYTES, 'endpoint'));
  const no = await unregistered(session);
  if (no !== null) return no;
  if (asked.kind === 0) {
    await store.wakes.dropEndpoint(id);
    return done;
  }
  if (!wakes.isGood(asked.kind, url)) return refused('CAPABILITY', 'This relay calls no such address.');
  const expires = clock.now() + ENDPOINT_LIFETIME_MS;
  const wait = await store.wakes.putEndpoint(id, { kind: asked.kind, url, expires }, admission.endpointDues(session.registration));
  return wait === 0 ? done : held({ name: 'QUOTA', wait }, 'This registration has set as many endpoints as it may for now.');
}

/** SET_WAKE -> DONE; needs a registration and `read`. */
export async function setWake(session: Session, payload: Bytes): Promise<Reply> {
  const { wakes, store } = session.shared;
  if (wakes === null) return nobody;
  const asked = decode(SetWakeSchema, payload, 'wake request');
  const reader = readerId(exact(asked.reader, HASH_BYTES, 'wake request'));
  const endpoint = asked.wake.length === 0 ? null : wakeId(exact(asked.wake, HASH_BYTES, 'wake request'));
  const no = await unregistered(session);
  if (no !== null) return no;
  return withRight(session, asked.handle, 'read', async ({ log }) => {
    wakes.mark(log);
    const put = await store.wakes.put(log, reader, endpoint);
    if (put === true) return done;
    return put === 'NOT_FOUND' ? noEndpoint : refused('QUOTA', 'The log has as many readers that are woken as it may have.');
  });
}
