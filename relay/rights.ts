// The one check in front of every command on a handle: is it open, and was the right proved when it was.
import type { Right } from '../core/wire/capability.ts';
import type { Handle } from './handles.ts';
import { type Reply, refused } from './reply.ts';
import type { Session } from './shared.ts';

/** Runs `then` with the handle, or refuses. */
export function withRight(
  session: Session,
  number: number,
  right: Right,
  then: (handle: Handle) => Promise<Reply> | Reply,
): Promise<Reply> | Reply {
  const handle = session.handles.get(number);
  if (handle === null) return refused('NOT_FOUND', 'No such handle is open.');
  if (!handle.rights.has(right)) return refused('CAPABILITY', `The handle was opened without the ${right} capability.`);
  return then(handle);
}

/** The refusal of whoever has not registered, or is no longer wanted; null for one who may go on. */
export async function unregistered(session: Session): Promise<Reply | null> {
  if (!session.registered) return refused('TOKEN', 'Register first.');
  if (await session.shared.admission.stillAdmits(session.token, session.asker)) return null;
  session.registered = false;
  return noLonger;
}

/** The refusal of a registration that the operator took back. */
export const noLonger = refused('TOKEN', 'The operator of this relay no longer takes this registration; ask for a new line.');

/** The refusal when an open relay has had too much of something from all together; null when there is no need to wait. @param wait ms */
export function tooMuch(wait: number): Reply | null {
  return wait === 0 ? null : refused('RATE', 'Too much of this at the moment; try again later.', undefined, wait);
}
