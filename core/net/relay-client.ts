// A relay connection over a channel: the peer's side of the relay protocol. A relay that breaks it loses the connection, with a reason.
import type { Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { encodeFrame, FRAME, type Frame } from '../wire/frame.ts';
import {
  CloseHandleSchema,
  CloseLogSchema,
  CountPreKeysSchema,
  CreateLogSchema,
  GetHeadSchema,
  GetManifestSchema,
  HelloSchema,
  OpenLogSchema,
  type PreKeyBundle,
  PutLinkSchema,
  PutManifestSchema,
  type PutPreKeys,
  PutPreKeysSchema,
  PutSlotSchema,
  RegisterSchema,
  RevokeLinkSchema,
  SetReadersSchema,
  SubscribeSchema,
  TakePreKeysSchema,
} from '../wire/gen/relay_pb.ts';
import { encodeAck, encodeAppend } from '../wire/hot.ts';
import { CONNECT_DEADLINE_MS } from '../wire/limits.ts';
import { encode } from '../wire/proto.ts';
import { BLOB_PROTOCOL, MINOR_MAX, MINOR_MIN, RELAY_PROTOCOL } from '../wire/version.ts';
import { Asker } from './asker.ts';
import type { FrameChannel } from './channel.ts';
import { HeadCheck } from './head-check.ts';
import { RelayLive, takePush } from './live-calls.ts';
import type { Node } from './node.ts';
import { publicKeyOf } from './peer-key.ts';
import { RelayAnswers, readManifest, readOpened, readPreKeyCount, readPreKeys, readStamped, readWelcome } from './relay-answers.ts';
import type {
  Answer,
  AppendAnswer,
  DirectoryProof,
  LinkTerms,
  LiveCalls,
  LogProof,
  ManifestBlob,
  OpenedLog,
  Refusal,
  RelayConnection,
  RelayTerms,
  SignedHead,
  Sink,
  Subscribed,
} from './relay-connection.ts';
import { Subscriptions } from './subscriptions.ts';
import { relayWake } from './wake-calls.ts';

const nothing = () => undefined;
const NO_BYTES: Bytes = new Uint8Array(0);

/** What a connection to a relay needs besides its address. */
export interface ConnectOptions {
  readonly clock: Clock;
  /** Gives up the attempt; without effect once connected. */
  readonly signal?: AbortSignal;
}

/**
 * Dials a relay and says hello; CONNECT_DEADLINE_MS for all of it.
 * @param address its multiaddr, with /p2p/ID
 * @throws BAD_INPUT for the address, OFFLINE, TIMEOUT, CLOSED when `signal` was aborted, REFUSED when there is no common version, MALFORMED
 */
export async function connectRelay(node: Node, address: string, options: ConnectOptions): Promise<RelayConnection> {
  const { clock, signal = new AbortController().signal } = options;
  const started = clock.monotonic();
  const channel = await node.dial(address, RELAY_PROTOCOL, signal);
  const client = new RelayClient(channel, clock, (end) => node.dialBeside(channel, BLOB_PROTOCOL, end));
  const giveUp = () => void channel.close('The dial was given up.');
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.hello(Math.max(1, CONNECT_DEADLINE_MS - (clock.monotonic() - started)));
    return client;
  } catch (error) {
    await channel.close('The relay did not welcome us.');
    throw signal.aborted ? new SottoError('CLOSED', 'The dial was given up.', error) : error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

class RelayClient implements RelayConnection {
  readonly peerId: string;
  readonly closed: Promise<string>;
  readonly blobStream: RelayConnection['blobStream'];
  terms: RelayTerms = { minor: 0, incarnation: NO_BYTES, lifetime: 0, window: 0, open: false, time: 0, wakeKey: NO_BYTES };
  dismissal: Refusal | null = null;
  readonly live: LiveCalls;
  readonly wake = relayWake((type, payload) => this.#done(type, payload));
  readonly #channel: FrameChannel;
  readonly #answers: RelayAnswers;
  readonly #asker: Asker;
  readonly #subscriptions = new Subscriptions();
  readonly #heads: HeadCheck;
  readonly #logs = new Map<number, Bytes>();
  readonly #acks = new Map<number, number>();

  constructor(channel: FrameChannel, clock: Clock, blobStream: RelayConnection['blobStream']) {
    this.blobStream = blobStream;
    this.peerId = channel.remotePeer;
    this.closed = channel.closed;
    this.#channel = channel;
    this.#answers = new RelayAnswers(publicKeyOf(channel.remotePeer));
    this.#heads = new HeadCheck(clock, (head) => this.#demandSigned(head));
    this.#asker = new Asker(channel, clock, {
      other: (frame) => this.#pushed(frame),
      ended: () => this.#subscriptions.clear(),
      last: () => this.#takeAcks(),
    });
    this.live = new RelayLive({
      terms: () => this.terms,
      ask: (type, expected, payload, read) => this.#ask(type, expected, payload, read, null),
      write: (frame) => this.#asker.writer.write(frame),
    });
  }

  async hello(deadline: number): Promise<void> {
    const hello = encode(HelloSchema, { minorMin: MINOR_MIN, minorMax: MINOR_MAX });
    const answer = await this.#ask(FRAME.HELLO, FRAME.WELCOME, hello, readWelcome, null, deadline);
    if (!answer.ok) throw new SottoError('REFUSED', `The relay refused the connection (${answer.refusal.name}).`);
    this.terms = answer.value;
  }

  close(): Promise<void> {
    return this.#channel.close('The connection was closed here.');
  }

  register(registration: Bytes, token: Bytes): Promise<Answer<void>> {
    return this.#done(FRAME.REGISTER, encode(RegisterSchema, { registration, token }));
  }

  createLog(nonce: Bytes, hashes: { readonly read: Bytes; readonly append: Bytes; readonly manage: Bytes }): Promise<Answer<void>> {
    const { read: readHash, append: appendHash, manage: manageHash } = hashes;
    return this.#done(FRAME.CREATE_LOG, encode(CreateLogSchema, { nonce, readHash, appendHash, manageHash }));
  }

  openLog(proof: LogProof): Promise<Answer<OpenedLog>> {
    const log = 'link' in proof ? null : proof.log;
    return this.#ask(FRAME.OPEN_LOG, FRAME.OPENED, encode(OpenLogSchema, proof), (payload) => this.#opened(readOpened(payload, log)), log);
  }

  async closeHandle(handle: number): Promise<Answer<void>> {
    this.#subscriptions.remove(handle);
    this.#acks.delete(handle);
    const answer = await this.#done(FRAME.CLOSE_HANDLE, encode(CloseHandleSchema, { handle }));
    if (answer.ok) this.#logs.delete(handle);
    return answer;
  }

  async subscribe(handle: number, reader: Bytes, after: number, chain: Bytes, sink: Sink, show = false): Promise<Answer<Subscribed>> {
    const log = this.#logOf(handle);
    const payload = encode(SubscribeSchema, { handle, reader, after: BigInt(after), chain, show });
    const subscription = this.#subscriptions.add(handle, sink);
    try {
      const answer = await this.#ask(FRAME.SUBSCRIBE, FRAME.SUBSCRIBED, payload, (bytes) => this.#answers.subscribed(bytes, log), log);
      subscription.answered();
      if (answer.ok) setImmediate(() => this.#asker.guarded(() => subscription.start()));
      else subscription.remove();
      return answer;
    } catch (error) {
      subscription.remove();
      throw error;
    }
  }

  ack(handle: number, seq: number): void {
    this.#subscriptions.acknowledged(handle, seq);
    if (!this.#logs.has(handle) || seq <= (this.#acks.get(handle) ?? 0)) return;
    this.#acks.set(handle, seq);
    this.#asker.writer.touch();
  }

  async append(handle: number, envelopes: readonly Bytes[]): Promise<AppendAnswer> {
    if (envelopes.length === 0) return { stamps: [], refusal: null };
    const read = (payload: Bytes) => readStamped(payload, handle, envelopes);
    const answer = await this.#ask(FRAME.APPEND, FRAME.STAMPED, encodeAppend({ handle, envelopes }), read, this.#logs.get(handle) ?? null);
    return answer.ok ? answer.value : { stamps: [], refusal: answer.refusal };
  }

  head(handle: number, seq: number): Promise<Answer<SignedHead>> {
    const log = this.#logOf(handle);
    const payload = encode(GetHeadSchema, { handle, seq: BigInt(seq) });
    return this.#ask(FRAME.GET_HEAD, FRAME.HEAD, payload, (bytes) => this.#answers.head(bytes, log, seq), log);
  }

  setReaders(handle: number, readers: readonly Bytes[]): Promise<Answer<void>> {
    return this.#done(FRAME.SET_READERS, encode(SetReadersSchema, { handle, readers: [...readers] }));
  }

  closeLog(handle: number): Promise<Answer<void>> {
    return this.#done(FRAME.CLOSE_LOG, encode(CloseLogSchema, { handle }));
  }

  putSlot(handle: number, reader: Bytes, counter: number, value: Bytes): Promise<Answer<void>> {
    return this.#done(FRAME.PUT_SLOT, encode(PutSlotSchema, { handle, reader, counter: BigInt(counter), value }));
  }

  putLink(handle: number, link: LinkTerms): Promise<Answer<void>> {
    return this.#done(FRAME.PUT_LINK, encode(PutLinkSchema, { handle, ...link, expires: BigInt(link.expires) }));
  }

  revokeLink(handle: number, linkHash: Bytes): Promise<Answer<void>> {
    return this.#done(FRAME.REVOKE_LINK, encode(RevokeLinkSchema, { handle, linkHash }));
  }

  putManifest(blob: ManifestBlob): Promise<Answer<void>> {
    return this.#done(FRAME.PUT_MANIFEST, encode(PutManifestSchema, { ...blob, version: BigInt(blob.version) }));
  }

  getManifest(proof: DirectoryProof): Promise<Answer<ManifestBlob>> {
    const asked = 'link' in proof ? { link: proof.link } : { address: proof.address };
    return this.#ask(FRAME.GET_MANIFEST, FRAME.MANIFEST, encode(GetManifestSchema, asked), readManifest, null);
  }

  putPreKeys(keys: PutPreKeys): Promise<Answer<void>> {
    return this.#done(FRAME.PUT_PREKEYS, encode(PutPreKeysSchema, keys));
  }

  takePreKeys(proof: DirectoryProof, device: number): Promise<Answer<PreKeyBundle[]>> {
    return this.#ask(FRAME.TAKE_PREKEYS, FRAME.PREKEYS, encode(TakePreKeysSchema, { ...proof, device }), readPreKeys, null);
  }

  countPreKeys(address: Bytes, device: number): Promise<Answer<ReturnType<typeof readPreKeyCount>>> {
    return this.#ask(FRAME.COUNT_PREKEYS, FRAME.PREKEY_COUNT, encode(CountPreKeysSchema, { address, device }), readPreKeyCount, null);
  }

  #done(type: number, payload: Bytes): Promise<Answer<void>> {
    return this.#ask(type, FRAME.DONE, payload, nothing, null);
  }

  #ask<T>(
    type: number,
    expected: number,
    payload: Bytes,
    read: (payload: Bytes) => T,
    log: Bytes | null,
    deadline?: number,
  ): Promise<Answer<T>> {
    const answer = (frame: Frame): Answer<T> =>
      frame.type === FRAME.REFUSED
        ? { ok: false, refusal: this.#answers.refusal(frame.payload, log) }
        : { ok: true, value: read(frame.payload) };
    return this.#asker.ask(type, expected, payload, answer, deadline);
  }

  #opened(opened: OpenedLog): OpenedLog {
    if (this.#logs.has(opened.handle)) throw new SottoError('MALFORMED', 'The relay gave one handle to two logs.');
    this.#logs.set(opened.handle, opened.log);
    return opened;
  }

  #logOf(handle: number): Bytes {
    const log = this.#logs.get(handle);
    if (log === undefined || log.length === 0) throw new SottoError('BAD_INPUT', 'This handle names no log that can be read.');
    return log;
  }

  // A push of a newer minor version is skipped.
  #pushed(frame: Frame): void {
    if (frame.type === FRAME.ENTRIES) {
      const pushed = this.#answers.entries(frame.payload, (handle) => this.#subscribedLog(handle));
      if (pushed === null) return;
      this.#subscriptions.entries(pushed.handle, pushed.run, frame.payload.length);
      this.#heads.push(pushed.handle, pushed.run.head);
    } else if (frame.type === FRAME.REFUSED) this.#dismissed(this.#answers.refusal(frame.payload, null));
    else takePush(frame, this.#subscriptions);
  }

  #demandSigned(head: SignedHead): void {
    if (!this.#answers.isSigned(head)) void this.#channel.close('A head does not carry the signature of the relay.');
  }

  #dismissed(refusal: Refusal): void {
    this.dismissal = refusal;
    void this.#channel.close(`The relay ended the connection (${refusal.name}).`);
  }

  #subscribedLog(handle: number): Bytes | null {
    return this.#subscriptions.has(handle) ? (this.#logs.get(handle) ?? null) : null;
  }

  #takeAcks(): Bytes[] {
    const frames = [...this.#acks].map(([handle, seq]) => encodeFrame(FRAME.ACK, 0, encodeAck({ handle, seq })));
    this.#acks.clear();
    return frames;
  }
}
