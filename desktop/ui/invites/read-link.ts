// What a pasted link says, read here so that a cut or outdated one is told before anything is sent. The engine checks it again: nothing
// here is believed about anybody.
import { LINK_PREFIX, linkBodies } from '../../../core/base/pasted-link.ts';
import { linkFields } from './link-fields.ts';

const SAFETY_PREFIX = 'sotto:safety/';
/** Bytes of the check at the end (PROTOCOL, section 12). */
const CHECK_BYTES = 4;
const CHECK_LABEL = 'sotto/link/1\0';
/** Longest link, characters, and longest text that is searched for one (core/wire/limits.ts). */
const MOST_LINK = 711;
const MOST_PASTED = 2_048;
const FORMAT = 1;

/** What is wrong with a link, as far as it can be seen without asking anybody. */
export type LinkFault = 'not-a-link' | 'safety-code' | 'cut' | 'newer' | 'expired';

/** A pasted text: nothing, a link that can be tried, or a fault. */
export type LinkReading =
  | { readonly state: 'empty' }
  | { readonly state: 'fault'; readonly fault: LinkFault }
  | {
      readonly state: 'good';
      /** Account id of who invites, as hex; only a claim until the engine has asked. */
      readonly account: string;
      /** ms since 1970. */
      readonly expires: number;
      readonly public: boolean;
    };

/** Reads what was pasted: words, quotes and brackets around it and line breaks inside do not matter. Never throws. @param now ms */
export async function readLink(pasted: string, now: number): Promise<LinkReading> {
  if (pasted.length > MOST_PASTED) return fault('not-a-link');
  const line = pasted.replace(/\s/g, '').toLowerCase();
  if (line === '') return { state: 'empty' };
  if (LINK_PREFIX.startsWith(line)) return fault('cut');
  let isLink = false;
  for (const body of linkBodies(pasted, MOST_LINK - LINK_PREFIX.length)) {
    isLink = true;
    const bytes = bytesOf(body);
    if (bytes !== null && (await isWhole(bytes))) return readFields(bytes.subarray(0, -CHECK_BYTES), now);
  }
  return fault(isLink ? 'cut' : line.includes(SAFETY_PREFIX) ? 'safety-code' : 'not-a-link');
}

function readFields(payload: Uint8Array, now: number): LinkReading {
  const fields = linkFields(payload);
  if (fields === null) return fault('cut');
  if (fields.format !== FORMAT) return fault('newer');
  const expires = fields.expires * 1_000;
  if (expires <= now) return fault('expired');
  return { state: 'good', account: hex(fields.root), expires, public: fields.public };
}

const fault = (what: LinkFault): LinkReading => ({ state: 'fault', fault: what });

async function isWhole(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (bytes.length <= CHECK_BYTES) return false;
  const label = new TextEncoder().encode(CHECK_LABEL);
  const checked = new Uint8Array(label.length + bytes.length - CHECK_BYTES);
  checked.set(label);
  checked.set(bytes.subarray(0, -CHECK_BYTES), label.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', checked));
  return bytes.subarray(-CHECK_BYTES).every((byte, at) => byte === digest[at]);
}

/** Bytes of unpadded base64url; null at a length that is none. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 === 1) return null;
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
