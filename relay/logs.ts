// Commands on logs: create, open, close the handle, head, reader list, close for good.
import { type Bytes, safeNumber } from '../core/base/bytes.ts';
import { capabilityHash, logId, type Right } from '../core/wire/capability.ts';
import { FRAME } from '../core/wire/frame.ts';
import {
  CloseHandleSchema,
  CloseLogSchema,
  CreateLogSchema,
  GetHeadSchema,
  HeadSchema,
  OpenedSchema,
  type OpenLog,
  OpenLogSchema,
  SetReadersSchema,
} from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_READERS } from '../core/wire/limits.ts';
import { decode, encode, exact, exactOrEmpty, several } from '../core/wire/proto.ts';
import { proves } from './handles.ts';
import { done, held, type Reply, refused } from './reply.ts';
import { tooMuch, unregistered, withRight } from './rights.ts';
import type { Session } from './shared.ts';
import type { LogRecord } from './store/store.ts';

/** Bytes of the nonce in a log's id. */
const NONCE_BYTES = 16;

/** CREATE_LOG -> DONE, also for a log that is there already with the same id. */
export async function createLog(session: Session, payload: Bytes): Promise<Reply> {
  const no = await unregistered(session);
  if (no !== null) return no;
  const asked = decode(CreateLogSchema, payload, 'create request');
  const [read, append, manage] = [asked.readHash, asked.appendHash, asked.manageHash].map((hash) =>
    exact(hash, HASH_BYTES, 'create request'),
  ) as [Bytes, Bytes, Bytes];
  const nonce = exact(asked.nonce, NONCE_BYTES, 'create request');
  const id = logId(nonce, { read, append, manage });
  const { store, admission } = session.shared;
  if ((await store.log(id)) !== null) return done;
  const late = tooMuch(admission.admitLog(session.asker));
  if (late !== null) return late;
  const made = await store.createLog({ id, nonce, read, append, manage }, admission.logDues(session.registration));
  if (typeof made === 'number') return held({ name: 'QUOTA', wait: made }, 'This registration has made as many logs as it may for now.');
  return made ? done : refused('CONFLICT', 'Another log has this id.');
}

/** OPEN_LOG -> OPENED: every capability that is given must be right. */
export async function openLog(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(OpenLogSchema, payload, 'open request');
  return asked.link.length > 0 ? openByLink(session, exact(asked.link, HASH_BYTES, 'open request')) : openByRights(session, asked);
}

async function openByLink(session: Session, capability: Bytes): Promise<Reply> {
  const hash = capabilityHash(capability);
  const link = await session.shared.store.link(hash);
  if (link === null) return refused('NOT_FOUND', 'The link was revoked, or is not of this relay.');
  if (link.expires <= session.shared.clock.now()) return refused('EXPIRED', 'The link has expired.');
  // The inbox stays unnamed, and how many others have written to it as well.
  return opened(session, link.log, new Set<Right>(['append']), hash, { log: new Uint8Array(0), head: 0n, closed: false });
}

async function openByRights(session: Session, asked: OpenLog): Promise<Reply> {
  const id = exact(asked.log, HASH_BYTES, 'open request');
  const given = (['read', 'append', 'manage'] as const).map((right) => ({
    right,
    proof: exactOrEmpty(asked[right], HASH_BYTES, 'open request'),
  }));
  const record = await session.shared.store.log(id);
  if (record === null) return refused('NOT_FOUND', 'There is no such log.');
  const rights = provedRights(record, given);
  if (rights === null) return refused('CAPABILITY', 'A capability is missing or wrong.');
  return opened(session, id, rights, null, { log: id, head: BigInt(record.seq), closed: record.closed });
}

function provedRights(record: LogRecord, given: readonly { right: Right; proof: Bytes }[]): ReadonlySet<Right> | null {
  const shown = given.filter(({ proof }) => proof.length > 0);
  if (shown.length === 0 || !shown.every(({ right, proof }) => proves(proof, record[right]))) return null;
  return new Set(shown.map(({ right }) => right));
}

function opened(
  session: Session,
  log: Bytes,
  rights: ReadonlySet<Right>,
  link: Bytes | null,
  shown: { readonly log: Bytes; readonly head: bigint; readonly closed: boolean },
): Reply {
  const handle = session.handles.open(log, rights, link);
  if (handle === null) return refused('QUOTA', 'Too many logs are open on this connection.');
  return { type: FRAME.OPENED, payload: encode(OpenedSchema, { handle: handle.number, ...shown }) };
}

/** CLOSE_HANDLE -> DONE, also for one that is not open. */
export function closeHandle(session: Session, payload: Bytes): Reply {
  const { handle: number } = decode(CloseHandleSchema, payload, 'close request');
  session.handles.get(number)?.subscription?.end();
  session.handles.close(number);
  return done;
}

/** GET_HEAD -> HEAD, signed; needs `read`. */
export function getHead(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(GetHeadSchema, payload, 'head request');
  const seq = safeNumber(asked.seq);
  return withRight(session, asked.handle, 'read', async ({ log }) => {
    const { store, heads } = session.shared;
    const point = seq === 0 ? await store.log(log) : await store.point(log, seq);
    if (point === null) return refused('NOT_FOUND', 'The log has no such entry, or its chain value was forgotten.');
    return { type: FRAME.HEAD, payload: encode(HeadSchema, { head: heads.message(log, point) }) };
  });
}

/** SET_READERS -> DONE: whose acks allow early deletion (C3); needs `manage`. */
export function setReaders(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(SetReadersSchema, payload, 'reader list');
  const readers = several(asked.readers, MAX_READERS, 'reader list').map((reader) => exact(reader, HASH_BYTES, 'reader list'));
  return withRight(session, asked.handle, 'manage', async ({ log }) => {
    await session.shared.store.setReaders(log, readers);
    return done;
  });
}

/** CLOSE_LOG -> DONE: nothing is appended any more; needs `manage`. */
export function closeLog(session: Session, payload: Bytes): Promise<Reply> | Reply {
  const asked = decode(CloseLogSchema, payload, 'close request');
  return withRight(session, asked.handle, 'manage', async ({ log }) => {
    await session.shared.store.closeLog(log);
    return done;
  });
}
