// Collects the buffers of a transfer while they are young. V8 counts bytes outside its heap only towards a full collection: a blob's buffers, a few
// small objects over much memory each, caused twenty of them in 128 MiB, a fifth of all CPU time; a young collection frees the same in a millisecond.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes moved between two collections: each station copies them some times, and V8 begins a full one at 32 to 64 MiB. */
const BETWEEN_BYTES = 4_194_304;

type Collect = (options: { readonly type: 'minor' }) => void;

let moved = 0;
let collect: Collect | null | undefined;

/** So many bytes went through one station of a transfer: a stream, a cipher. */
export function movedThrough(bytes: number): void {
  moved += bytes;
  if (moved < BETWEEN_BYTES) return;
  moved = 0;
  collect ??= collector();
  collect?.({ type: 'minor' });
}

/** V8's own, which a program is not given unasked; null where there is none. */
function collector(): Collect | null {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect;
  } catch {
    return null;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
