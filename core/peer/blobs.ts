// Files as blobs on relays: seals and puts, gets and opens, over whatever connections there are until it is done or given up.
// The key of a blob is kept (sealed, in the store) before its first byte leaves, so that a repeat after a crash seals the same bytes again.
import type { CallInput, CallOutput, PeerEvent } from '../api.ts';
import { type Bytes, equal, hex, unhex } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import { openingFile } from '../media/open-file.ts';
import { type SealedFile, sealFile } from '../media/seal-file.ts';
import { type BlobLine, getBlob as getBytes, putBlob as putBytes } from '../net/blob-client.ts';
import type { RelayConnection } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import { HASH_BYTES } from '../wire/limits.ts';
import type { Engine } from './engine.ts';
import type { Online } from './online.ts';
import { type B64, bytesOf, fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { allRelays } from './relays.ts';

/** Between two looks for a connection, ms; anything that happens on a line is looked at at once. */
const LOOK_MS = 5_000;
/** Between two events of one transfer, ms. */
const TELL_MS = 250;

/** A file that is being put under an id. */
interface PutRecord {
  readonly key: B64;
  readonly address: B64;
}

/** See the contract. @param given ends it when the peer closes */
export async function putBlob(engine: Engine, given: AbortSignal, input: CallInput<'putBlob'>): Promise<CallOutput<'putBlob'>> {
  const { store } = engine.parts;
  const [relay] = await allRelays(store);
  if (relay === undefined) throw new SottoError('BAD_INPUT', 'There is no relay yet; add one first.');
  const id = input.id;
  const { file, key } = await sealedFor(engine, input.path, id);
  try {
    const tell = teller(engine, relay.address, file.address, 'put', file.sealed);
    await inTime(given, input.timeoutMs, (signal) =>
      putBytes(lineTo(engine, relay.address, true, signal), { address: file.address, size: file.sealed, source: file.from }, tell),
    );
  } finally {
    await file.close();
  }
  if (id !== null) await note(engine, id, null);
  return { address: hex(file.address), key: hex(key), size: file.size, relay: relay.address };
}

/** See the contract. @param given ends it when the peer closes */
export async function getBlob(engine: Engine, given: AbortSignal, input: CallInput<'getBlob'>): Promise<CallOutput<'getBlob'>> {
  const blob = { address: unhex(input.address), key: unhex(input.key), size: input.size };
  const file = await openingFile(input.path, blob);
  const tell = teller(engine, input.relay, blob.address, 'get', file.sealed);
  const fetch = (signal: AbortSignal) =>
    getBytes(
      lineTo(engine, input.relay, false, signal),
      { address: blob.address, size: file.sealed },
      () => file.again(),
      async (pieces) => {
        await file.take(pieces);
        tell(file.taken);
      },
    );
  try {
    const isResumed = file.taken > 0;
    await inTime(given, input.timeoutMs, async (signal) => {
      await fetch(signal);
      if (!isResumed || file.isRight) return;
      // What an earlier attempt left was torn by a power loss.
      await file.restart();
      await fetch(signal);
    });
    await file.finish();
  } catch (error) {
    await file.close(isSottoError(error, 'MALFORMED'));
    throw error;
  }
  return {};
}

/** The file sealed under the key that a call of the same id chose, if it is still the same file; otherwise under a new one. */
async function sealedFor(engine: Engine, path: string, id: string | null): Promise<{ readonly file: SealedFile; readonly key: Bytes }> {
  const known = id === null ? null : await readRecord<PutRecord>(engine.parts.store, keys.blob(id));
  if (known !== null) {
    const key = bytesOf(known.key);
    const file = await sealFile(path, key);
    if (equal(file.address, bytesOf(known.address))) return { file, key };
    await file.close();
  }
  const key = random(HASH_BYTES);
  const file = await sealFile(path, key);
  if (id !== null) await note(engine, id, { key: fieldOf(key), address: fieldOf(file.address) });
  return { file, key };
}

async function note({ parts }: Engine, id: string, record: PutRecord | null): Promise<void> {
  await parts.serial(async () => {
    const change = new Change(parts.store);
    if (record === null) change.delete(keys.blob(id));
    else writeRecord(change, keys.blob(id), record);
    await change.commit();
  });
}

function lineTo(engine: Engine, relay: string, registered: boolean, signal: AbortSignal): BlobLine {
  return { clock: engine.parts.clock, signal, connected: (end) => connected(engine, relay, registered, end) };
}

/** A connection to a relay, as soon as there is one. @throws CLOSED */
async function connected(engine: Engine, relay: string, registered: boolean, signal: AbortSignal): Promise<RelayConnection> {
  let found: RelayConnection | null = null;
  while (found === null) {
    if (signal.aborted || engine.online === null) throw new SottoError('CLOSED');
    const { online } = engine;
    const look = async () => {
      found = await connectionNow(online, relay, registered);
      return found !== null || signal.aborted;
    };
    await engine.progress.until(look, LOOK_MS);
  }
  return found;
}

async function connectionNow(online: Online, relay: string, registered: boolean): Promise<RelayConnection | null> {
  const line = online.hub.need(relay);
  if (!registered) return line.connection;
  const home = online.homes().find((one) => one.relay.peerId === line.peerId);
  await home?.ready.catch(() => undefined);
  return home === undefined ? null : line.connection;
}

/** Tells how far it is, not too often; and keeps the line, which nobody else may need. */
function teller(engine: Engine, relay: string, address: Bytes, direction: 'put' | 'get', total: number): (done: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = engine.parts.clock.monotonic();
    if (done < total && now - last < TELL_MS) return;
    last = now;
    engine.online?.hub.need(relay);
    engine.parts.announce({ event: 'blob', address: hex(address), direction, done, total } satisfies PeerEvent);
  };
}

/** @throws TIMEOUT, CLOSED when the peer closes, whatever `work` throws */
async function inTime<T>(given: AbortSignal, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await work(AbortSignal.any([given, late]));
  } catch (error) {
    if (late.aborted && !given.aborted && isSottoError(error, 'CLOSED')) throw new SottoError('TIMEOUT', undefined, error);
    throw error;
  }
}
