// SET_PRESENCE: what a subscription shows of its reader, and whether it is told of the others.
import type { Bytes } from '../../core/base/bytes.ts';
import { SetPresenceSchema } from '../../core/wire/gen/relay_pb.ts';
import { decode } from '../../core/wire/proto.ts';
import type { Reply } from '../reply.ts';
import { withRight } from '../rights.ts';
import type { Session } from '../shared.ts';

/** SET_PRESENCE -> PRESENT; needs `read`, and a subscription. */
export function setPresence(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const { handle: number, show, watch } = decode(SetPresenceSchema, payload, 'presence request');
  return withRight(session, number, 'read', () => session.live.set(number, show, watch));
}
