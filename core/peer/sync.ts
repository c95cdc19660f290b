// One visit: connect, empty the outbox, take all that waits, acknowledge; and waiting for single messages to get that far.
import type { CallOutput, Message } from '../api.ts';
import { directOnlyWaiting } from './direct-only.ts';
import type { Engine } from './engine.ts';
import { messageById } from './history.ts';

/** States in which a message of ours has left this device for good. */
const SETTLED: ReadonlySet<Message['state']> = new Set(['stored', 'delivered', 'read', 'failed', 'expired']);

/** Empties and takes everything, at most `timeoutMs`. @param counts how many messages came and went since it began */
export async function sync(
  engine: Engine,
  counts: { readonly received: number; readonly sent: ReadonlySet<string> },
  timeoutMs: number,
): Promise<CallOutput<'sync'>> {
  const before = { received: counts.received, sent: counts.sent.size };
  engine.online?.hurry();
  engine.direct?.hurry();
  engine.kickAll();
  // A line into which everything vanishes answers nothing: asking it counts towards the time.
  let asked = false;
  void Promise.resolve(engine.online?.refresh()).finally(() => {
    asked = true;
    engine.progress.step();
  });
  const ended = await engine.progress.until(async () => asked && (await isDone(engine)), timeoutMs);
  const undelivered = await directOnlyWaiting(engine.parts);
  const complete = ended && undelivered === 0;
  return {
    complete,
    received: counts.received - before.received,
    sent: counts.sent.size - before.sent,
    waiting: engine.parts.outbox.size,
    reason: complete ? null : whyNot(engine, undelivered),
  };
}

async function isDone(engine: Engine): Promise<boolean> {
  if (engine.online === null) return true;
  // Receipts last: what was taken while the rest was looked at has made one due.
  return (await engine.online.idle()) && !(await engine.directBusy()) && engine.receiptsFlushed;
}

function whyNot(engine: Engine, undelivered: number): string {
  const down = engine.online?.hub.lines().filter((line) => line.connection === null) ?? [];
  const [first] = down;
  if (first !== undefined)
    return `${down.length === 1 ? 'A relay' : `${down.length} relays`} could not be reached: ${first.reason ?? 'no answer yet'}`;
  if (undelivered > 0) return 'A contact without a relay could not be reached directly.';
  return engine.parts.outbox.size > 0 ? 'Not everything was taken by the relay in time.' : 'Not everything that waits was taken in time.';
}

/** Waits until each message is stored, delivered, failed or expired, or the time is over; answers them as they are then. */
export async function settled(engine: Engine, ids: readonly string[], timeoutMs: number): Promise<Message[]> {
  const waiting = new Set(ids);
  await engine.progress.until(async () => {
    for (const id of waiting) {
      const message = await messageById(engine.parts, engine.early, id);
      if (message === null || !SETTLED.has(message.state)) return false;
      waiting.delete(id);
    }
    return true;
  }, timeoutMs);
  const messages = await Promise.all(ids.map((id) => messageById(engine.parts, engine.early, id)));
  return messages.filter((message) => message !== null);
}
