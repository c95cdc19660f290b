// What a peer keeps about people: itself, its relays and links, its contacts.
import type { B64, InboxTarget } from './records.ts';

/** The account and its device, made by `createHome`. Secrets; the sealed store underneath keeps them from the disk. */
export interface AccountRecord {
  readonly name: string;
  /** Ed25519 seed of the root key: the account. Lives on the first device and in the recovery file. */
  readonly rootSeed: B64;
  /** Ed25519 seed of the directory writer key. */
  readonly directorySeed: B64;
  /** Opens our sealed manifest; stands in every link. */
  readonly profileKey: B64;
  /** Capability with which accepted contacts fetch our prekeys. */
  readonly contactCapability: B64;
  /** Serialized DeviceKeys. */
  readonly device: B64;
  /** Encoded SignedManifest, the newest. */
  readonly manifest: B64;
  /** Set once this device was found rolled back or copied (H7): nothing is sent any more. */
  readonly cloned: boolean;
}

/** One of our home relays. */
export interface RelayRecord {
  readonly address: string;
  readonly peerId: string;
  readonly token: B64;
  /** 32 random bytes, secret between this device and this relay. */
  readonly registration: B64;
  /** As last seen; a change means the relay was restored from a backup (C5). */
  readonly incarnation: B64 | null;
  readonly inbox: InboxRecord;
  /** Manifest version this relay holds; 0: none. */
  readonly manifestVersion: number;
  /** True once every prekey there was replaced because this device was found rolled back or copied (H7). */
  readonly replacedPreKeys?: boolean;
}

/** Our inbox log at one relay: capabilities, reader capability. */
export interface InboxRecord {
  readonly nonce: B64;
  readonly log: B64;
  readonly read: B64;
  readonly append: B64;
  readonly manage: B64;
  readonly reader: B64;
}

/** An invite link of ours, or (purpose 'return') the capability a requester answers to. */
export interface InviteRecord {
  readonly capability: B64;
  readonly linkHash: B64;
  readonly link: string;
  readonly purpose: 'single' | 'public' | 'return';
  readonly expires: number;
  readonly used: number;
  readonly revoked: boolean;
}

/** Another account. */
export interface ContactRecord {
  readonly root: B64;
  readonly petname: string | null;
  readonly claimedName: string | null;
  /** requested: we asked; asking: they ask; accepted: there is a conversation; rejected: we said no. */
  readonly state: 'requested' | 'asking' | 'accepted' | 'rejected';
  readonly verified: boolean;
  readonly blocked: boolean;
  /** Their return inbox, once known. */
  readonly answerTo: InboxTarget | null;
  readonly profileKey: B64 | null;
  /** Their prekey capability for contacts. */
  readonly contactCapability: B64 | null;
  /** Multiaddrs with /p2p/ that their devices said they answer at; dialled only while requested or accepted (H5). */
  readonly direct: readonly string[];
  readonly conversation: B64 | null;
  /** Version of our manifest that stood in our request to them; absent when we never asked. */
  readonly told?: number;
  readonly at: number;
}
