// What content other than text does to a conversation: new wrap keys, new manifests, fresh sessions.

import { equal, safeNumber } from '../base/bytes.ts';
import { isSottoError } from '../base/errors.ts';
import { holdManifest } from '../session/held.ts';
import { type CheckedManifest, openManifest } from '../session/manifest.ts';
import { generationId } from '../session/wrap.ts';
import type { Content, ManifestChange, NewGeneration } from '../wire/gen/content_pb.ts';
import { MAX_VERSION_STEP } from '../wire/limits.ts';
import type { Batch } from './batch.ts';
import { currentGeneration, livingGenerations } from './conversations.ts';
import { takeHome } from './epoch-zero.ts';
import type { Author, Slot } from './keep.ts';
import { fieldOf, type GenerationRecord } from './records.ts';
import { sayAgain } from './say-again.ts';

/** Applies a control content and says whether the conversation now knows a key it lacked. */
export async function applyControl(batch: Batch, slot: Slot, author: Author, content: Content): Promise<void> {
  switch (content.what.case) {
    case 'generation':
      return applyGeneration(batch, slot, content.what.value);
    case 'manifestChange':
      return applyManifest(batch, author, content.what.value);
    case 'newSession':
      return fieldOf(author.root) === batch.contact.root ? sayAgain(batch, content.what.value) : undefined;
    case 'home':
      return takeHome(batch, slot, author, content, content.what.value);
    default:
      return;
  }
}

/** Adds a wrap key; among equal numbers the lowest settled place is the one in use, all stay valid for opening. */
export function applyGeneration(batch: Batch, slot: Slot, said: NewGeneration): void {
  const id = fieldOf(generationId(said.key));
  const place = slot.place.zone === 0 ? ([slot.place.a, slot.place.b] as const) : null;
  const known = batch.conversation.generations.find((generation) => generation.id === id);
  // Nobody can take the numbers away from the rest of the conversation, nor keep its keys from ageing by saying an old one again.
  if (known === undefined && said.number > currentGeneration(batch.conversation).number + MAX_VERSION_STEP) return;
  const record: GenerationRecord =
    known === undefined
      ? {
          number: said.number,
          id,
          key: fieldOf(said.key),
          since: batch.parts.clock.now(),
          place,
          outer: slot.outer,
        }
      : { ...known, place: known.place ?? place };
  const generations = [...batch.conversation.generations.filter((generation) => generation.id !== id), record];
  batch.update({ generations: livingGenerations(generations, batch.parts.clock.now()) });
  if (known === undefined) batch.update({ entriesInGeneration: 0 });
}

/** A contact's own word about its devices and relays, in band, before anything under it (H4). */
async function applyManifest(batch: Batch, author: Author, said: ManifestChange): Promise<void> {
  if (fieldOf(author.root) !== batch.contact.root) return;
  const held = batch.manifest;
  const offered = checkedOrNull(said.signedManifest, author.root);
  if (offered === null) {
    batch.warn('manifest', 'A contact sent a list of devices that is not validly signed; it was not taken.');
    return;
  }
  const verdict = await holdManifest(batch.change, offered);
  if (verdict === 'conflict' || verdict === 'too-far') {
    batch.warn(
      'manifest',
      'A contact signed two different lists of devices under one version, or jumped ahead; the new one was not taken.',
    );
    return;
  }
  if (verdict !== 'newer') return;
  batch.manifest = offered;
  const fresh = offered.devices.some((device) => !held.devices.some((old) => old.id === device.id));
  if (fresh) batch.warn('identity', 'A contact has a new device.');
}

/** A content that speaks under a manifest version above the one we hold: something was withheld. */
export function checkManifestRef(batch: Batch, author: Author, content: Content): void {
  if (fieldOf(author.root) !== batch.contact.root) return;
  const held = batch.manifest;
  const version = safeNumber(content.manifestVersion);
  if (version > held.version) batch.warn('manifest', 'A contact speaks under a newer list of devices that did not arrive.');
  else if (version === held.version && !equal(content.manifestHash, held.hash))
    batch.warn('manifest', 'A contact signed two different lists of devices under one version.');
}

function checkedOrNull(bytes: Uint8Array, root: Uint8Array): CheckedManifest | null {
  try {
    return openManifest(bytes, root);
  } catch (error) {
    if (isSottoError(error, 'BAD_MANIFEST') || isSottoError(error, 'BAD_SIGNATURE')) return null;
    throw error;
  }
}
