// The values that vectors are made of: every protobuf message filled and empty, every hot frame, every rule with bytes.
import { create, type DescField, type DescMessage, type JsonValue, ScalarType, toJson } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { hex } from '../../core/base/bytes.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { fixed, type Vector } from './vector.ts';
import { messages } from './wire-kinds.ts';

/** A vector before its bytes are known. */
export type Sample = Omit<Vector, 'hex'>;

const h = (name: string, length = 32) => hex(fixed(name, length));

function scalar(field: DescField, salt: string): unknown {
  const name = `${field.parent.typeName}.${field.name} ${salt}`;
  switch (field.scalar) {
    case ScalarType.BYTES:
      return fixed(name, 32);
    case ScalarType.STRING:
      return `${field.name} ${salt} ü 漢字 🕊`;
    case ScalarType.BOOL:
      return true;
    case ScalarType.UINT64:
      return 4_294_967_296n * BigInt(field.number) + 77n;
    default:
      return 1_000 * field.number + 7;
  }
}

/** Fills every field; of the members of a oneof only `chosen`. */
function fill(message: ReflectMessage, chosen: DescField | null): void {
  for (const field of message.fields) {
    if (field.oneof !== undefined && field !== chosen) continue;
    if (field.fieldKind === 'scalar') message.set(field, scalar(field, 'a'));
    else if (field.fieldKind === 'message') message.set(field, filled(field.message, null));
    else if (field.fieldKind === 'list') {
      const list = message.get(field);
      for (const salt of ['a', 'b']) list.add(field.listKind === 'message' ? filled(field.message, null) : scalar(field, salt));
    }
  }
}

function filled(schema: DescMessage, chosen: DescField | null): ReflectMessage {
  const message = reflect(schema, create(schema));
  fill(message, chosen);
  return message;
}

function* messageSamples(): Generator<Sample> {
  for (const [name, schema] of messages) {
    yield { kind: 'protobuf', name, value: toJson(schema, create(schema)) };
    if (schema.fields.length === 0) continue;
    const choices = schema.oneofs.flatMap((group) => group.fields);
    for (const chosen of choices.length === 0 ? [null] : choices) {
      yield { kind: 'protobuf', name, value: toJson(schema, filled(schema, chosen).message) };
    }
  }
}

const stamp = (seq: number) => ({ seq, time: 1_795_000_000_000 + seq, chain: h(`chain ${seq}`), id: h(`id ${seq}`) });

function* frameSamples(): Generator<Sample> {
  for (const name of Object.keys(FRAME)) yield { kind: 'frame type', name, value: name };
  for (const name of Object.keys(REFUSAL)) yield { kind: 'refusal', name, value: name };
  yield { kind: 'frame', name: 'without payload', value: { type: FRAME.PING, request: 1, payload: '' } };
  yield { kind: 'frame', name: 'highest request', value: { type: 0xff, request: 4_294_967_295, payload: h('payload', 40) } };
  yield { kind: 'append', name: 'one', value: { handle: 1, envelopes: [h('envelope', 80)] } };
  yield { kind: 'append', name: 'a run', value: { handle: 4_294_967_295, envelopes: [h('a', 1), h('b', 300), h('c', 65)] } };
  yield { kind: 'stamped', name: 'nothing taken', value: { handle: 3, retryAfter: 1_500, refusal: REFUSAL.QUOTA, stamps: [] } };
  yield { kind: 'stamped', name: 'a run', value: { handle: 3, retryAfter: 0, refusal: 0, stamps: [stamp(1), stamp(2), stamp(2 ** 40)] } };
  const head = { seq: 9, time: 1_795_000_000_009, chain: h('chain 9'), signature: h('signature', 64) };
  const entries = [8, 9].map((seq) => ({ time: 1_795_000_000_000 + seq, envelope: h(`entry ${seq}`, 70 + seq) }));
  yield { kind: 'entries', name: 'a run', value: { handle: 2, first: 8, head, entries } };
  yield { kind: 'ack', name: 'small', value: { handle: 1, seq: 0 } };
  yield { kind: 'ack', name: 'highest', value: { handle: 9, seq: Number.MAX_SAFE_INTEGER } };
}

/** Labels of the wire: hashed or derived with, and signed with. */
const LABELS = [
  ...['account', 'blob', 'capability', 'chain', 'commit', 'device-order', 'directory', 'envelope', 'generation', 'inbox', 'link', 'log'],
  ...['manifest-hash', 'message', 'own-mark', 'reader', 'recovery', 'recovery-code', 'right', 'sealed-manifest', 'signal', 'slot', 'wake'],
];
const SIGNED = ['device-binding', 'directory-manifest', 'directory-prekeys', 'head', 'manifest', 'signal', 'slot'];
const RELAY = '12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2';

function* hashSamples(): Generator<Sample> {
  for (const label of LABELS) {
    yield { kind: 'label', name: label, value: label };
    yield { kind: 'labelled hash', name: label, value: { label, bytes: h(`hashed ${label}`, 50) } };
  }
  for (const label of SIGNED) {
    yield { kind: 'signature', name: label, value: { seed: h('seed'), label, bytes: h(`signed ${label}`, 90) } };
  }
  yield {
    kind: 'derive',
    name: 'key and nonce',
    value: { secret: h('secret'), salt: h('salt'), label: 'envelope', length: 44, context: '' },
  };
  yield {
    kind: 'derive',
    name: 'with context',
    value: { secret: h('secret'), salt: h('salt'), label: 'right', length: 32, context: 'ff00' },
  };
  yield { kind: 'capabilities', name: 'of one log', value: { secret: h('secret'), relay: RELAY, nonce: h('nonce', 16) } };
  yield { kind: 'capability hash', name: 'of one', value: h('capability') };
  yield { kind: 'reader id', name: 'of one', value: h('reader') };
  yield { kind: 'directory address', name: 'of one', value: h('writer') };
  yield { kind: 'log id', name: 'of one', value: { nonce: h('nonce', 16), read: h('r'), append: h('a'), manage: h('m') } };
  const times = [1_795_000_000_000, 1_795_000_000_000, 1_795_000_000_001];
  yield { kind: 'chain', name: 'three entries', value: { log: h('log'), entries: times.map((time, at) => ({ time, id: h(`id ${at}`) })) } };
  yield {
    kind: 'signed head',
    name: 'of one',
    value: { seed: h('relay seed'), log: h('log'), seq: 3, chain: h('chain'), time: 1_795_000_000_001 },
  };
  yield { kind: 'envelope id', name: 'of one', value: h('envelope', 1024) };
}

function* envelopeSamples(): Generator<Sample> {
  for (const [length, bucket] of [
    [0, 1_024],
    [955, 1_024],
    [956, 2_048],
  ] as const) {
    yield { kind: 'pad', name: `${length} bytes`, value: { body: h('body', length), overhead: 65, bucket } };
  }
  const generation = { key: h('generation key'), salt: h('envelope salt') };
  yield { kind: 'wrapped envelope', name: 'small', value: { ...generation, body: h('wrapped', 300) } };
  yield { kind: 'sealed signal', name: 'one', value: { ...generation, body: h('signal state', 150) } };
  yield { kind: 'sealed slot', name: 'small', value: { ...generation, body: h('slot state', 200) } };
  yield { kind: 'sealed manifest', name: 'small', value: { key: h('profile key'), salt: h('manifest salt'), body: h('manifest', 250) } };
  yield { kind: 'sealed blob', name: 'small', value: { key: h('blob key'), size: 300 } };
  yield { kind: 'sealed blob', name: 'of two chunks', value: { key: h('blob key'), size: 263_000 } };
  yield { kind: 'manifest hash', name: 'of one', value: h('manifest', 250) };
  yield { kind: 'device order', name: 'of one', value: { root: h('root'), device: 3 } };
  yield { kind: 'commit', name: 'of content', value: h('content', 120) };
  yield { kind: 'body', name: 'of content', value: { key: h('content key'), content: h('content', 120) } };
  yield { kind: 'address name', name: 'of a root key', value: h('root') };
  yield { kind: 'message id', name: 'of one', value: { root: h('root'), device: 3, inner: h('inner', 16) } };
}

function* linkSamples(): Generator<Sample> {
  const common = {
    root: h('root'),
    manifestVersion: 12,
    capability: h('link capability'),
    profileKey: h('profile key'),
    expires: 1_795_000_000_000,
  };
  const relays = [`/dns4/relay.example.org/tcp/443/tls/ws/p2p/${RELAY}`, `/ip4/127.0.0.1/tcp/4001/ws/p2p/${RELAY}`];
  const direct = [`/ip4/192.0.2.7/tcp/4002/ws/p2p/${RELAY}`, `/ip6/2001:db8::7/tcp/4002/ws/p2p/${RELAY}`];
  yield { kind: 'link', name: 'one relay', value: { ...common, relays: relays.slice(1), direct: [], public: false } };
  yield { kind: 'link', name: 'direct only', value: { ...common, relays: [], direct: direct.slice(0, 1), public: false } };
  yield { kind: 'link', name: 'public, all addresses', value: { ...common, relays, direct: [...direct, ...direct], public: true } };
}

/** Every sample there is, in a fixed order. */
export function samples(): readonly Sample[] {
  return [...messageSamples(), ...frameSamples(), ...hashSamples(), ...envelopeSamples(), ...linkSamples()];
}

/** What tells one sample from another. */
export function sampleKey(sample: { readonly kind: string; readonly name: string; readonly value: JsonValue }): string {
  return `${sample.kind}: ${sample.name}: ${JSON.stringify(sample.value)}`;
}
