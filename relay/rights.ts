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

/** The refusal of whoever has not registered; null for one who has. */
export function unregistered(session: Session): Reply | null {
  return session.registered ? null : refused('TOKEN', 'Register first.');
}

/** The refusal when an open relay has had too much of something from all together; null when there is no need to wait. @param wait ms */
export function tooMuch(wait: number): Reply | null {
  return wait === 0 ? null : refused('RATE', 'Too much of this at the moment; try again later.', undefined, wait);
}
