// Records as the contract shows them: honest states computed from what is on the disk.
import type { Contact, Message, MessageState, Warning } from '../api.ts';
import { hex } from '../base/bytes.ts';
import type { DirectNow } from './direct-now.ts';
import type { ContactRecord } from './people-records.ts';
import {
  type B64,
  bytesOf,
  type ConversationRecord,
  type Place,
  type ReceiptRecord,
  type RowRecord,
  type WarningRecord,
} from './records.ts';

/** A stamp given by the relay that this device has not read back from the log yet. */
export interface EarlyStamp {
  readonly epoch: number;
  readonly seq: number;
  readonly time: number;
}

/** A row as a message of the contract. */
export function messageView(conversation: ConversationRecord, place: Place, row: RowRecord, early: EarlyStamp | null = null): Message {
  const settled = place.zone === 0;
  return {
    id: row.id,
    conversation: hexOf(conversation.id),
    direction: row.out ? 'out' : 'in',
    from: row.author === null ? null : hexOf(row.author),
    text: row.text,
    sentAt: row.sentAt,
    storedAt: row.storedAt ?? early?.time ?? null,
    epoch: settled ? place.a : (early?.epoch ?? (place.zone === 1 ? 0 : null)),
    seq: settled ? place.b : (early?.seq ?? null),
    state: row.out ? outgoingState(conversation, place, row, early) : incomingState(conversation, place, row),
    reason: row.reason,
    provisional: place.zone === 1,
  };
}

function outgoingState(conversation: ConversationRecord, place: Place, row: RowRecord, early: EarlyStamp | null): MessageState {
  if (row.state === 'failed') return row.state;
  const receipt = conversation.receipt;
  const readDirectly = row.state === 'delivered' && row.lamport <= receipt.lamportRead;
  if (place.zone === 0 && covers(receipt, place.a, place.b))
    return readDirectly || isRead(receipt, place.a, place.b) ? 'read' : 'delivered';
  if (row.again !== undefined && covers(receipt, ...row.again)) return isRead(receipt, ...row.again) ? 'read' : 'delivered';
  // Behind the receipts: a clock that was wrong by a month, or a receipt that came late, must not hide that it arrived.
  if (row.state === 'expired') return row.state;
  if (row.state === 'delivered') return readDirectly ? 'read' : 'delivered';
  if (row.state === 'queued' && early !== null) return 'stored';
  return row.state;
}

function incomingState(conversation: ConversationRecord, place: Place, row: RowRecord): MessageState {
  const [epoch, seq] = conversation.readTo;
  const settled = place.zone === 0 && (place.a < epoch || (place.a === epoch && place.b <= seq));
  return settled || readDirectly(conversation, row) ? 'read' : 'delivered';
}

/** True when an incoming row that came directly was read, wherever it stands by now. */
export function readDirectly(conversation: ConversationRecord, row: RowRecord): boolean {
  return row.state === 'delivered' && row.lamport <= conversation.readLamport;
}

/** True when the receipt says that the peer's device opened this entry. */
export function covers(receipt: ReceiptRecord, epoch: number, seq: number): boolean {
  if (receipt.epoch !== epoch) return receipt.epoch > epoch;
  return seq <= receipt.delivered && !receipt.exceptions.includes(seq);
}

function isRead(receipt: ReceiptRecord, epoch: number, seq: number): boolean {
  return receipt.epoch > epoch || seq <= receipt.read;
}

/** A contact as the contract shows it. @param direct who is connected directly now */
export function contactView(record: ContactRecord, direct: DirectNow): Contact {
  return {
    account: hexOf(record.root),
    petname: record.petname,
    claimedName: record.claimedName,
    state: record.state,
    verified: record.verified,
    blocked: record.blocked,
    direct: direct.has(record.root),
  };
}

/** A warning as the contract shows it. */
export function warningView(record: WarningRecord): Warning {
  return { kind: record.kind as Warning['kind'], conversation: record.conversation, text: record.text, at: record.at };
}

/** Ids lately shown: those of the conversations and accounts at hand. */
const MAX_SHOWN = 1_024;
const shown = new Map<B64, string>();

function hexOf(field: B64): string {
  let digits = shown.get(field);
  if (digits === undefined) {
    if (shown.size >= MAX_SHOWN) shown.clear();
    digits = hex(bytesOf(field));
    shown.set(field, digits);
  }
  return digits;
}
