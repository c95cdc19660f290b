// What a window asks first of a big home, measured in the engine alone: the reference beside which its painting is judged.
import { openPeer } from '../../core/index.ts';
import { tell, workerInput } from './processes.ts';

/** Whose home, and who the long conversation is with. */
export interface EngineInput {
  readonly home: string;
  readonly who: string;
  readonly rounds: number;
}

/** Times of each round, ms; the first of a list is cold. */
export type EngineOutput = Readonly<Record<string, readonly number[]>>;

const { home, who, rounds } = workerInput<EngineInput>();
const times: Record<string, number[]> = {};
const timed = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const value = await work();
  const of = times[label] ?? [];
  times[label] = of;
  of.push(performance.now() - start);
  return value;
};

const peer = await timed('open', () => openPeer({ home, passphrase: null, online: false }));
for (let round = 0; round < rounds; round += 1) {
  const list = await timed('conversations', () => peer.api.conversations({}));
  await timed('requests', () => peer.api.requests({}));
  await timed('typed', () => peer.api.typed({}));
  const account = list.find(({ with: { petname } }) => petname === who)?.with.account ?? '';
  await timed('firstUnread', () => peer.api.firstUnread({ who: account }));
  const page = await timed('history, newest 100', () => peer.api.history({ who: account, limit: 100, before: null }));
  let { before } = page;
  for (let more = 0; more < 5; more += 1)
    before = (await timed('history, 100 before', () => peer.api.history({ who: account, limit: 100, before }))).before;
  await timed('history, 10,000', () => peer.api.history({ who: account, limit: 10_000, before: null }));
}
await peer.close();
tell(times satisfies EngineOutput);
