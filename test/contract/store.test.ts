// Every store the house has, held to the one contract.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { CachedStore } from '../../core/store/cached.ts';
import { LaterStore } from '../../core/store/later.ts';
import { LevelStore } from '../../core/store/level.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { SealedStore } from '../../core/store/sealed.ts';
import { FaultyStore } from '../support/store-faulty.ts';
import { storeSuite } from './store.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sotto-contract-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const keys = { sealing: random(32), blinding: random(32) };

storeSuite('memory', () => new MemoryStore());
storeSuite('level', () => new LevelStore(folder()));
storeSuite('sealed over memory', () => new SealedStore(new MemoryStore(), keys));
storeSuite('sealed over level', () => new SealedStore(new LevelStore(folder()), keys));
storeSuite('cached over sealed over level', () => new CachedStore(new SealedStore(new LevelStore(folder()), keys)), false);
storeSuite('later over sealed over level', () => new LaterStore(new SealedStore(new LevelStore(folder()), keys)));
storeSuite('the faulty double without a plan', () => new FaultyStore(new MemoryStore()));
