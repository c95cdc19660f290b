// What must be said in a conversation before anything else: our newest manifest (H4), then a new wrap key when the present one is spent.
import { create } from '@bufbuild/protobuf';
import type { Change } from '../store/change.ts';
import { ManifestChangeSchema } from '../wire/gen/content_pb.ts';
import { freshInner } from './compose.ts';
import { loadConversation, saveConversation } from './conversations.ts';
import { renewGeneration } from './generations.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { sayInto } from './send.ts';

/** Says what must come first, as part of the change of what follows. @throws as Sender.say */
export async function sayFirst(parts: Parts, change: Change, conversation: B64, news: (() => void)[]): Promise<void> {
  const record = await loadConversation(change, conversation);
  const { manifest } = parts.self();
  if (record.manifestSent < manifest.version) {
    saveConversation(change, { ...record, manifestSent: manifest.version });
    const what = { case: 'manifestChange' as const, value: create(ManifestChangeSchema, { signedManifest: manifest.bytes }) };
    await sayInto(parts, change, { conversation, inner: freshInner(), what }, news);
  }
  await renewGeneration(parts, change, conversation, news);
}
