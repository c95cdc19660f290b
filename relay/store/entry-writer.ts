// Writes an entry and its id into a turn through buffers used again and again: a batch copies at once, and this is the hottest path.
import { type Bytes, writeU64 } from '../../core/base/bytes.ts';
import { HASH_BYTES, MAX_ENVELOPE_BYTES } from '../../core/wire/limits.ts';
import { ENTRY_KEY_BYTES, writeEntryPrefix } from './keys.ts';
import { ENTRY_HEADER_BYTES, viewOf } from './records.ts';
import type { Turn } from './turn.ts';

/** What is written of a newly stamped entry. */
export interface NewEntry {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
  readonly id: Bytes;
  readonly envelope: Bytes;
}

/** One per store. */
export class EntryWriter {
  readonly #entry = Buffer.alloc(ENTRY_HEADER_BYTES + MAX_ENVELOPE_BYTES);
  readonly #entryView = viewOf(this.#entry);
  readonly #key = Buffer.alloc(ENTRY_KEY_BYTES);
  readonly #keyView = viewOf(this.#key);
  readonly #number = Buffer.alloc(8);
  readonly #numberView = viewOf(this.#number);

  write(turn: Turn, log: Bytes, { seq, time, chain, id, envelope }: NewEntry, idKey: Uint8Array): void {
    writeEntryPrefix(this.#key, log);
    writeU64(this.#keyView, 1 + HASH_BYTES, seq);
    writeU64(this.#entryView, 0, time);
    this.#entry.set(chain, 8);
    this.#entry.set(id, 8 + HASH_BYTES);
    this.#entry.set(envelope, ENTRY_HEADER_BYTES);
    turn.putUnseen(this.#key, this.#entry.subarray(0, ENTRY_HEADER_BYTES + envelope.length));
    writeU64(this.#numberView, 0, seq);
    turn.putUnseen(idKey, this.#number);
  }
}
