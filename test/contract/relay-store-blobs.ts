// What every relay store remembers of blobs, and how it counts them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RelayStore } from '../../relay/store/store.ts';
import { HandClock, named } from '../support/relay-store.ts';
import type { Place } from './relay-store.ts';

const LIMITS = { ownBytes: 1_000, ownBlobs: 3, allBytes: 1_500 };
const [alice, bob] = [named('Alice'), named('Bob')];
const [one, two, three, four] = [named('one'), named('two'), named('three'), named('four')];

/** Runs the suite over places made by `place`. */
export function relayStoreBlobsContract(name: string, place: () => Promise<Place>): void {
  describe(name, () => {
    let at: Place;
    let store: RelayStore;
    const again = async () => {
      await store?.close();
      store = at.make({ clock: new HandClock(), lifetimeMs: 1_000, quotaBytes: 1_000 });
      await store.open();
    };
    beforeEach(async () => {
      at = await place();
      await again();
    });
    afterEach(async () => {
      await store.close();
      await at.remove();
    });
    const reserve = (address: typeof one, size: number, registration = alice, expires = 10) =>
      store.blobs.reserve({ address, size, registration, expires }, LIMITS);
    const fresh = { whole: false, have: 0 };

    test('a blob is announced, gets further, is whole, and all of it outlives a restart', async () => {
      expect(await store.blobs.get(one)).toBeNull();
      expect(await reserve(one, 600)).toEqual(fresh);
      await store.blobs.progress(one, 250);
      await again();
      expect(await reserve(one, 600, bob)).toEqual({ whole: false, have: 250 });
      expect(await store.blobs.keep(one, 50)).toBe(true);
      await again();
      const kept = { address: one, whole: true, size: 600, have: 600, expires: 50, registration: alice };
      expect(await store.blobs.get(one)).toEqual(kept);
      await store.blobs.progress(one, 3);
      expect(await store.blobs.get(one), 'a whole one goes nowhere').toEqual(kept);
      expect(await reserve(one, 600, alice, 70)).toEqual({ whole: true, have: 600 });
      expect((await store.blobs.get(one))?.expires).toBe(70);
      expect(await reserve(one, 599)).toBe('CONFLICT');
      expect(await store.blobs.keep(two, 50)).toBe(false);
    });

    test('what is announced counts at once, for its account and for all, and is given back', async () => {
      expect(await reserve(one, 900)).toEqual(fresh);
      expect(await reserve(two, 101)).toBe('QUOTA');
      expect(await reserve(two, 600, bob)).toEqual(fresh);
      expect(await reserve(three, 1, bob), 'all of it is used').toBe('QUOTA');
      expect([await store.blobs.used(), await store.blobs.used(alice)]).toEqual([
        { bytes: 1_500, blobs: 2 },
        { bytes: 900, blobs: 1 },
      ]);
      expect([await store.blobs.drop(one), await store.blobs.drop(one)]).toEqual([true, false]);
      await again();
      expect([await store.blobs.used(), await store.blobs.used(alice)]).toEqual([
        { bytes: 600, blobs: 1 },
        { bytes: 0, blobs: 0 },
      ]);
      expect(await reserve(three, 900)).toEqual(fresh);
    });

    test('one account has so many, however small and however many are asked for at once', async () => {
      const asked = await Promise.all([one, two, three, four].map((address) => reserve(address, 1)));
      expect(asked).toEqual([fresh, fresh, fresh, 'QUOTA']);
    });

    test('a part of another size begins anew, on the account of who says so, or goes when there is no room', async () => {
      await reserve(one, 500);
      await store.blobs.progress(one, 400);
      expect(await reserve(one, 700, bob)).toEqual(fresh);
      expect([await store.blobs.used(alice), await store.blobs.used(bob)]).toEqual([
        { bytes: 0, blobs: 0 },
        { bytes: 700, blobs: 1 },
      ]);
      expect(await reserve(one, 1_001, bob)).toBe('QUOTA');
      expect([await store.blobs.get(one), await store.blobs.used()]).toEqual([null, { bytes: 0, blobs: 0 }]);
    });

    test('they are listed by address, and one that was extended is not dropped as expired', async () => {
      for (const address of [one, two, three]) await reserve(address, 10);
      const listed = await store.blobs.page(new Uint8Array(32), 10);
      expect(listed.map(({ address }) => address)).toEqual([one, two, three].sort(Buffer.compare));
      expect(await store.blobs.page(listed[1]?.address ?? one, 1)).toEqual([listed[1]]);
      await reserve(two, 10, alice, 90);
      expect([await store.blobs.drop(one, 10), await store.blobs.drop(two, 10)]).toEqual([true, false]);
    });
  });
}
