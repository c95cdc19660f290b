// The commands that begin a connection: hello and register.

import type { Bytes } from '../core/base/bytes.ts';
import { labelledHash } from '../core/base/hash.ts';
import { FRAME } from '../core/wire/frame.ts';
import { HelloSchema, RegisterSchema, WelcomeSchema } from '../core/wire/gen/relay_pb.ts';
import { ENTRY_LIFETIME_MS, HASH_BYTES, WINDOW_BYTES } from '../core/wire/limits.ts';
import { decode, encode, exact, within } from '../core/wire/proto.ts';
import { commonMinor } from '../core/wire/version.ts';
import { REGISTRATIONS_PER_CONNECTION } from './admission/admission.ts';
import { done, type Reply, refused } from './reply.ts';
import { noLonger } from './rights.ts';
import type { Session, Shared } from './shared.ts';

/** Longest token, bytes. */
const MAX_TOKEN_BYTES = 64;

/** What somebody is told who may not register. */
const WHY_NOT = {
  token: 'This relay takes registrations by token; ask its operator for a line with one that is still good.',
  'allow-list': 'This relay takes only the devices that its operator has listed; tell the operator the peer id of this device.',
  open: 'This relay takes no registrations now.',
} as const;

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
    ...(shared.wakes && { wakeKey: shared.wakes.publicKey }),
  });
  return { type: FRAME.WELCOME, payload: welcome };
}

/** REGISTER -> DONE. A known registration needs no token; the relay keeps hashes of both. */
export async function register(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(RegisterSchema, payload, 'register request');
  const registration = labelledHash('registration', exact(asked.registration, HASH_BYTES, 'register request'));
  const token = within(asked.token, 0, MAX_TOKEN_BYTES, 'register request');
  const bound = (await session.shared.store.registration(registration)) ?? (await takeIn(session, registration, token));
  if ('type' in bound) return bound;
  if (!(await session.shared.admission.stillAdmits(bound, session.asker))) return noLonger;
  session.token = bound;
  session.registration = registration;
  session.registered = true;
  session.meter.register(registration);
  return done;
}

// The hash of the token it is bound to, empty without one; or a refusal.
async function takeIn(session: Session, registration: Bytes, token: Bytes): Promise<Bytes | Reply> {
  const { admission, store, clock } = session.shared;
  if (session.registrations >= REGISTRATIONS_PER_CONNECTION) return refused('QUOTA', 'This connection has registered before.');
  const admitted = await admission.admit(token, session.asker);
  if (admitted === 'TOKEN') return refused('TOKEN', WHY_NOT[admission.mode]);
  if ('wait' in admitted) return refused('RATE', 'Too many new registrations; try again later.', undefined, admitted.wait);
  session.registrations += 1;
  if (!(await store.putRegistration(registration, admitted.token, clock.now(), admitted.uses)))
    return refused('TOKEN', 'The token was used as often as it may be; ask the operator for another.');
  session.shared.metrics.count('registrations');
  void admission.noteUse(admitted.token);
  return admitted.token;
}
