// Links of an inbox: each its own append capability with terms of its own, so that one leaked link floods nothing (H5).
import { type Bytes, safeNumber } from '../core/base/bytes.ts';
import { PutLinkSchema, RevokeLinkSchema } from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES, LINK_WAITING_REQUESTS, MAX_REQUEST_BYTES } from '../core/wire/limits.ts';
import { decode, exact, exactOrEmpty, integer } from '../core/wire/proto.ts';
import { done, type Reply, refused } from './reply.ts';
import { withRight } from './rights.ts';
import type { Session } from './shared.ts';

/** PUT_LINK -> DONE; needs `manage`. */
export function putLink(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(PutLinkSchema, payload, 'link');
  const terms = {
    linkHash: exact(asked.linkHash, HASH_BYTES, 'link'),
    expires: safeNumber(asked.expires),
    entries: integer(asked.entries, 1, LINK_WAITING_REQUESTS, 'link'),
    entryBytes: integer(asked.entryBytes, 1, MAX_REQUEST_BYTES, 'link'),
    singleUse: asked.singleUse,
    directory: exactOrEmpty(asked.directory, HASH_BYTES, 'link'),
  };
  return withRight(session, asked.handle, 'manage', async ({ log }) =>
    (await session.shared.store.putLink({ ...terms, log })) ? done : refused('QUOTA', 'The inbox has as many links as it may have.'),
  );
}

/** REVOKE_LINK -> DONE, also for one that is not there; needs `manage`. */
export function revokeLink(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(RevokeLinkSchema, payload, 'link');
  const linkHash = exact(asked.linkHash, HASH_BYTES, 'link');
  return withRight(session, asked.handle, 'manage', async ({ log }) => {
    await session.shared.store.revokeLink(log, linkHash);
    return done;
  });
}
