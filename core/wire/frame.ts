// The frame: the only thing that stands on a stream. u32be length | u8 type | u32be request | payload.
import { type Bytes, concat } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { MAX_FRAME_BYTES } from './limits.ts';

/** Bytes before a frame's payload: length (4), type (1), request (4). `length` counts type, request and payload. */
export const FRAME_HEADER_BYTES = 9;

/** Frame types. Below 0x80 the peer speaks, from 0x80 on the relay (or the answering peer). */
export const FRAME = {
  HELLO: 0x01,
  REGISTER: 0x02,
  CREATE_LOG: 0x03,
  OPEN_LOG: 0x04,
  CLOSE_HANDLE: 0x05,
  SUBSCRIBE: 0x06,
  GET_HEAD: 0x07,
  SET_READERS: 0x08,
  CLOSE_LOG: 0x09,
  PUT_SLOT: 0x0a,
  PUT_LINK: 0x0b,
  REVOKE_LINK: 0x0c,
  PUT_MANIFEST: 0x0d,
  GET_MANIFEST: 0x0e,
  PUT_PREKEYS: 0x0f,
  TAKE_PREKEYS: 0x10,
  COUNT_PREKEYS: 0x11,
  PING: 0x12,
  SET_PRESENCE: 0x13,
  SET_ENDPOINT: 0x14,
  SET_WAKE: 0x15,
  APPEND: 0x20,
  ACK: 0x21,
  PUT_SIGNAL: 0x22,
  GET_CONTACT: 0x30,
  PUT_INBOX: 0x31,
  OFFER: 0x32,
  PUT_BLOB: 0x40,
  GET_BLOB: 0x41,
  STAT_BLOB: 0x42,
  DONE: 0x80,
  WELCOME: 0x81,
  OPENED: 0x84,
  SUBSCRIBED: 0x86,
  HEAD: 0x87,
  MANIFEST: 0x8e,
  PREKEYS: 0x90,
  PREKEY_COUNT: 0x91,
  PRESENT: 0x93,
  STAMPED: 0xa0,
  ENTRIES: 0xa1,
  SLOT: 0xa2,
  SIGNAL: 0xa3,
  CONTACT: 0xb0,
  TAKEN: 0xb2,
  BLOB_AT: 0xc0,
  BLOB: 0xc1,
  REFUSED: 0xff,
} as const;

/** A frame as read: `request` is the asker's number (0 for a push), echoed in the answer. Nobody may change the payload's bytes. */
export interface Frame {
  readonly type: number;
  readonly request: number;
  readonly payload: Bytes;
}

/** One frame as bytes. @throws TOO_LARGE */
export function encodeFrame(type: number, request: number, ...payload: readonly Uint8Array[]): Bytes {
  let length = FRAME_HEADER_BYTES - 4;
  for (const part of payload) length += part.length;
  if (length > MAX_FRAME_BYTES) throw new SottoError('TOO_LARGE', `A frame of ${length} bytes is larger than ${MAX_FRAME_BYTES}.`);
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, length);
  view.setUint8(4, type);
  view.setUint32(5, request);
  return concat(header, ...payload);
}

/**
 * Cuts frames out of whatever pieces the stream delivers. Holds at most one incomplete frame, in one buffer that grows with what
 * really came: neither a large announced length nor a stream of one-byte pieces makes it larger.
 */
export class FrameReader {
  #buffer: Bytes = new Uint8Array(0);
  #size = 0;

  /** Complete frames after `piece`. @throws MALFORMED for a frame too short or too long; the stream is then of no more use */
  push(piece: Uint8Array): Frame[] {
    this.#hold(piece);
    if (this.#size < 4 || this.#size < 4 + checkedLength(viewOf(this.#buffer).getUint32(0))) return [];
    return this.#cut();
  }

  #hold(piece: Uint8Array): void {
    const size = this.#size + piece.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, Math.min(2 * this.#buffer.length, MAX_FRAME_BYTES)));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#size);
    this.#size = size;
  }

  /** Payloads are views of the buffer, which is not written again: the rest moves to a new one. */
  #cut(): Frame[] {
    const bytes = this.#buffer.subarray(0, this.#size);
    const frames: Frame[] = [];
    const view = viewOf(bytes);
    let at = 0;
    while (bytes.length - at >= 4) {
      const end = at + 4 + checkedLength(view.getUint32(at));
      if (end > bytes.length) break;
      frames.push({ type: view.getUint8(at + 4), request: view.getUint32(at + 5), payload: bytes.subarray(at + FRAME_HEADER_BYTES, end) });
      at = end;
    }
    this.#buffer = bytes.slice(at);
    this.#size = this.#buffer.length;
    return frames;
  }
}

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkedLength(length: number): number {
  if (length < FRAME_HEADER_BYTES - 4 || length > MAX_FRAME_BYTES) throw new SottoError('MALFORMED', `A frame announces ${length} bytes.`);
  return length;
}
