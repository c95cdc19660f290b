// What a tab keeps of where Alice was: enough to find back, nothing that says with whom, and nothing at all after a lock.
import { expect, test } from 'vitest';
import { KEPT_AS, KeptPlaces } from '../../desktop/ui/app/kept-places.ts';

const BOB = 'b0'.repeat(32);
const CAROL = 'ca'.repeat(32);

function tab() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

test('a tab that is loaded again finds back, by its history and by its storage, whose entries name nobody', () => {
  const storage = tab();
  const places = new KeptPlaces(storage);
  const [bob, carol] = [BOB, CAROL].map((account) => places.keep({ at: 'conversation', account }));
  expect(JSON.stringify([bob, carol])).not.toMatch(/b0b0|caca/);
  const again = new KeptPlaces(storage);
  expect(again.read(bob)).toEqual({ at: 'conversation', account: BOB });
  expect(again.last).toEqual({ at: 'conversation', account: CAROL });
  again.keep({ at: 'settings', page: 'relays' });
  expect(new KeptPlaces(storage).last).toEqual({ at: 'settings', page: 'relays' });
});

test('after a lock nothing leads to anybody any more, and no old entry ever leads to somebody else', () => {
  const storage = tab();
  const places = new KeptPlaces(storage);
  const bob = places.keep({ at: 'contact', account: BOB });
  places.forget();
  expect([...storage.items]).toEqual([]);
  expect([places.last, places.read(bob)]).toEqual([null, null]);
  places.keep({ at: 'conversation', account: CAROL });
  expect(places.read(bob)).toBeNull();
});

test.each(['{', '7', '[[["a"],7,["a",1]],{"at":"conversation","ref":"a"}]', '[{"a":"b"},{"at":"nowhere"}]'])(
  'a storage with %s in it is an empty one',
  (text) => {
    const storage = tab();
    storage.setItem(KEPT_AS, text);
    expect(new KeptPlaces(storage).last).toBeNull();
  },
);
