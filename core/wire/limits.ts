// Every size, count and deadline of the wire, each with its reason. PROTOCOL.md names them all; a test compares.

/** Bytes of a hash, an id, a capability, an Ed25519 public key. */
export const HASH_BYTES = 32;
/** Largest envelope: 64 KiB of text with its overhead, and later a closing entry for 250 devices (H2). */
export const MAX_ENVELOPE_BYTES = 262_144;
/** Smallest envelope after padding: an ordinary message of up to about 500 bytes looks like any other. */
export const MIN_ENVELOPE_BYTES = 1_024;
/** Largest frame: one full-sized envelope and its neighbours of a run; bounds what a reader must buffer. */
export const MAX_FRAME_BYTES = 1_048_576;
/** Most envelopes in one append frame or one push: about 8 microseconds of relay time each at this size. */
export const MAX_RUN = 256;
/** Longest text of one message, bytes of UTF-8. */
export const MAX_TEXT_BYTES = 65_536;
/** Longest display name or petname, characters. */
export const MAX_NAME_CHARS = 64;
/** Unacknowledged bytes the relay sends per subscription before it waits: a slow reader costs a cursor, not memory. */
export const WINDOW_BYTES = 1_048_576;
/** Logs one connection may have open: a person with some thousand conversations. */
export const MAX_HANDLES = 4_096;
/** Requests of one connection that may wait for their answer: bounds the relay's queue per connection. */
export const MAX_IN_FLIGHT = 1_024;
/** Bytes of append frames of one connection that may wait for the disk. */
export const MAX_IN_FLIGHT_BYTES = 4_194_304;
/** Largest sealed slot. */
export const MAX_SLOT_BYTES = 4_096;
/** Slots beside one log: 1,000 members with up to 8 devices. */
export const MAX_SLOTS = 8_192;
/** Readers a log may name. */
export const MAX_READERS = 8_192;
/** Largest sealed manifest. */
export const MAX_MANIFEST_BYTES = 65_536;
/** Devices of one account. */
export const MAX_DEVICES = 8;
/** Home relays of one account. */
export const MAX_RELAYS = 8;
/** Longest multiaddr as text, bytes. */
export const MAX_ADDRESS_BYTES = 256;
/** One-time prekeys of a device kept at a relay. */
export const MAX_ONE_TIME_PREKEYS = 200;
/** One-time prekeys strangers may not take: the reserve for known contacts (H5). */
export const CONTACT_RESERVE_PREKEYS = 20;
/** Bundles one invite link may fetch a day (H5). */
export const LINK_BUNDLES_PER_DAY = 5;
/** Links an inbox may have at a time. */
export const MAX_LINKS = 1_024;
/** Requests that may wait in an inbox through one link (H5). */
export const LINK_WAITING_REQUESTS = 20;
/** Largest request through a link (H5). */
export const MAX_REQUEST_BYTES = 16_384;
/** How long an invite link lives unless said otherwise, ms (H5). */
export const LINK_LIFETIME_MS = 7 * 86_400_000;
/** How long a relay keeps an entry, ms; a stamp's id is remembered as long (H6), its chain value twice as long (H1). */
export const ENTRY_LIFETIME_MS = 30 * 86_400_000;
/** Wall clock running ahead of what passed by the monotonic clock by more than this stops the sweep (H11), ms. */
export const CLOCK_JUMP_MS = 86_400_000;
/** A wrap key is replaced after this long, ms, or after this many entries: the wrap has no forward secrecy. */
export const GENERATION_LIFETIME_MS = 7 * 86_400_000;
export const GENERATION_ENTRIES = 10_000;
/** Signed and last-resort prekeys are replaced after this long, ms; private halves live on for a lifetime + 7 days. */
export const PREKEY_ROTATION_MS = 7 * 86_400_000;
export const PREKEY_KEEP_MS = ENTRY_LIFETIME_MS + 7 * 86_400_000;
/** Most a manifest version may rise in one step: an attacker cannot freeze an account at 2^64-1 (H4). */
export const MAX_VERSION_STEP = 1_000;
/** A peer ahead of what my relay shows me for this long while connected is a warning (H1), ms. */
export const WITHHOLDING_MS = 60_000;
/** How long an entry whose key is still on its way is tried again before it gets a row of its own (H9), ms. */
export const KEY_WAIT_MS = 60_000;
/** Fresh sessions a device may start with one peer device per this time (H3), ms. */
export const NEW_SESSION_MS = 3_600_000;
/** Answer to a request, ms. */
export const ANSWER_DEADLINE_MS = 20_000;
/** Dial, handshake and hello together, ms. */
export const CONNECT_DEADLINE_MS = 10_000;
/** A ping goes out after this long without traffic, ms; without any answer the connection is given up. */
export const PING_INTERVAL_MS = 15_000;
export const PING_DEADLINE_MS = 10_000;
/** Reconnecting waits between these, doubling, with full jitter, ms. */
export const RECONNECT_FIRST_MS = 250;
export const RECONNECT_MOST_MS = 60_000;
/** Longest invite link, characters: a QR code of version 21 with medium error correction, readable from a phone's screen. */
export const MAX_LINK_CHARS = 711;
/** Longest text that is searched for a link, characters: a link with line breaks and quotes around it. */
export const MAX_PASTED_CHARS = 2_048;
/** Relays and direct addresses one link may name: all of them with ordinary host names fit MAX_LINK_CHARS. */
export const MAX_LINK_RELAYS = 2;
export const MAX_LINK_DIRECT = 4;
/** Bytes at a link's end against a cut or mistyped one. */
export const LINK_CHECK_BYTES = 4;
/** Fields of one protobuf message: a full reader list and some more. A frame of empty fields would cost a hundred times its size. */
export const MAX_FIELDS = 8_256;
/** Bytes of every sealed signal: the smallest envelope, by the same padding, so that no two differ. */
export const SIGNAL_BYTES = 1_024;
/** Signals of one connection that are passed on in a second, and at once after a rest: ten people who type in as many windows send three. */
export const SIGNALS_PER_SECOND = 4;
export const SIGNAL_BURST = 16;
/** Age of a signal, either way by the relay's clock, beyond which it says nothing, ms: longer than any line takes, shorter than anybody is misled by a replayed one. */
export const SIGNAL_LIFETIME_MS = 10_000;
/** One signal at most in this time while somebody types, ms, and how long one of them stands: one may be lost. */
export const TYPING_INTERVAL_MS = 3_000;
export const TYPING_MS = 6_000;
/** A connection silent for longer than this is nobody, ms: three pings were missed. */
export const PRESENCE_TTL_MS = 45_000;
/** Last seen is said in steps of this, ms: enough to know whether to wait, too little to follow somebody's day. */
export const PRESENCE_STEP_MS = 300_000;
/** A watcher is told of one reader at most once in this time, ms: a line that flaps costs no more. */
export const PRESENCE_PUSH_MS = 1_000;
/** Readers of one log whose presence is kept, and subscriptions beyond which a log passes no signals: groups are for later. */
export const MAX_PRESENT = 64;
/** Logs one connection may watch at a time: a person looks at one, some windows at a few. */
export const MAX_WATCHES = 64;
/** Largest blob as a relay sees it: a film of some hours; its hash is made anew in seconds when an upload goes on. */
export const MAX_BLOB_BYTES = 4_294_967_296;
/** Smallest blob before its tags: short files look alike. */
export const MIN_BLOB_BYTES = 1_024;
/** Plain bytes of one chunk of a blob: measured twice as fast as 64 KiB, and still what a player may skip to. */
export const BLOB_CHUNK_BYTES = 262_144;
/** How long a relay keeps a blob after it was last put, ms: an entry that names it is put later and lives a lifetime. */
export const BLOB_LIFETIME_MS = ENTRY_LIFETIME_MS + 7 * 86_400_000;
/** How long a relay keeps an upload that nobody goes on with, ms: a laptop that is opened the next day. */
export const BLOB_PART_LIFETIME_MS = 2 * 86_400_000;
/** Blob streams one connection may have at a time: two directions with one to spare each. */
export const BLOB_STREAMS = 4;
/** A transfer moves at least BLOB_IDLE_BYTES in this time, ms, or is ended: a line of 2 KiB/s still gets through, who says nothing holds no place. */
export const BLOB_IDLE_MS = 30_000;
export const BLOB_IDLE_BYTES = 65_536;
/** An upload that goes on is answered once the relay has read again what it has, ms: four gigabytes from a slow disk. */
export const BLOB_ANSWER_DEADLINE_MS = 120_000;
/** Longest URL of a wake endpoint, bytes: those of the large push services have about 200. */
export const MAX_ENDPOINT_BYTES = 1_024;
/** Readers of one log that are woken: a conversation of two has 16 devices at most, groups are for later. */
export const MAX_WAKES = 64;
/** How long a relay remembers an endpoint that nobody sets again, ms: whoever is away for longer has lost what waited. */
export const ENDPOINT_LIFETIME_MS = ENTRY_LIFETIME_MS + 7 * 86_400_000;
/** One push at most to an endpoint in this time, ms: many messages at once are one, and nobody is hammered by our hand. */
export const WAKE_INTERVAL_MS = 60_000;
/** A device that was called and did not come is called again by the next entry after this time, ms: push services lose some. */
export const WAKE_AGAIN_MS = 86_400_000;
