// Which notices were put away in this tab: for as long as it lives, also when it is loaded again. A browser may write that to its disk, so
// only a short print of each is kept, which names nobody.

/** Where it is kept. */
const PLACE = 'sotto.dismissed';
/** Kept at most, the newest. */
const MOST = 200;

/** Puts a notice away. @param key who, what kind and when: a newer one has another */
export function dismiss(key: string): void {
  const prints = [...read().filter((print) => print !== printOf(key)), printOf(key)].slice(-MOST);
  try {
    sessionStorage.setItem(PLACE, prints.join(' '));
  } catch {
    // Where nothing may be kept it comes back with the next load.
    kept = prints;
  }
}

/** True when it was put away. */
export function wasDismissed(key: string): boolean {
  return read().includes(printOf(key));
}

/** For a tab without a storage. */
let kept: readonly string[] = [];

function read(): readonly string[] {
  try {
    return sessionStorage.getItem(PLACE)?.split(' ') ?? kept;
  } catch {
    return kept;
  }
}

/** FNV-1a of 32 bits: enough to tell a few notices apart, too little to find anybody by. */
function printOf(key: string): string {
  let hash = 0x811c_9dc5;
  for (const letter of key) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x0100_0193);
  return (hash >>> 0).toString(36);
}
