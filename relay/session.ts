// The commands that begin a connection: hello and register.

import type { Bytes } from '../core/base/bytes.ts';
import { labelledHash } from '../core/base/hash.ts';
import { FRAME } from '../core/wire/frame.ts';
import { HelloSchema, RegisterSchema, WelcomeSchema } from '../core/wire/gen/relay_pb.ts';
import { ENTRY_LIFETIME_MS, HASH_BYTES, WINDOW_BYTES } from '../core/wire/limits.ts';
import { decode, encode, exact, within } from '../core/wire/proto.ts';
import { commonMinor } from '../core/wire/version.ts';
import { REGISTRATIONS_PER_CONNECTION } from './admission.ts';
import { done, type Reply, refused } from './reply.ts';
import type { Session, Shared } from './shared.ts';

/** Longest token, bytes. */
const MAX_TOKEN_BYTES = 64;

/** HELLO -> WELCOME, or UNSUPPORTED when no minor version is common. @throws MALFORMED */
export function hello(shared: Shared, payload: Bytes): Reply {
  const { minorMin, minorMax } = decode(HelloSchema, payload, 'hello');
  const minor = commonMinor(minorMin, minorMax);
  if (minor === null) return refused('UNSUPPORTED', 'No version of the protocol is known to both sides.');
  const welcome = encode(WelcomeSchema, {
    minor,
    incarnation: shared.store.incarnation(),
    time: BigInt(shared.clock.now()),
    lifetime: BigInt(ENTRY_LIFETIME_MS),
    window: WINDOW_BYTES,
    open: shared.admission.open,
  });
  return { type: FRAME.WELCOME, payload: welcome };
}

/** REGISTER -> DONE. A known registration needs no token; the relay keeps hashes of both. */
export async function register(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(RegisterSchema, payload, 'register request');
  const registration = labelledHash('registration', exact(asked.registration, HASH_BYTES, 'register request'));
  const token = within(asked.token, 0, MAX_TOKEN_BYTES, 'register request');
  if (!(await session.shared.store.hasRegistration(registration))) {
    const no = await takeIn(session, registration, token);
    if (no !== null) return no;
  }
  session.registered = true;
  return done;
}

async function takeIn(session: Session, registration: Bytes, token: Bytes): Promise<Reply | null> {
  const { admission, store, clock } = session.shared;
  if (session.registrations >= REGISTRATIONS_PER_CONNECTION) return refused('QUOTA', 'This connection has registered before.');
  const admitted = await admission.admit(token);
  if (admitted === 'TOKEN') return refused('TOKEN', 'This relay takes registrations by token; ask its operator for one.');
  if ('wait' in admitted) return refused('RATE', 'Too many new registrations; try again later.', undefined, admitted.wait);
  session.registrations += 1;
  await store.putRegistration(registration, admitted.token, clock.now());
  return null;
}
