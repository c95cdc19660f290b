// Making the account and its relay: what goes wrong first is said, what is done is not done twice.
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { useAttempt } from '../settings/attempt.ts';
import type { Answers } from './answers.ts';
import { giveRelay } from './give-relay.ts';

/** `start` makes both and then calls `onDone`; `error` is the code of what went wrong, null while nothing did. */
export function useSetUp(answers: Answers, onDone: () => void) {
  const client = useClient();
  const home = useReadable(client.home);
  const attempt = useAttempt();
  const isMade = home !== null && home.state !== 'none';
  const start = async () => {
    const { name, lock, passphrase, keyring, relayFrom, relay } = answers;
    const well = await attempt.run(async () => {
      if (!isMade) {
        const isLocked = lock === 'passphrase';
        const withKeyring = isLocked && keyring && home?.keyring.available === true;
        await client.api.createHome({ name: name.trim(), passphrase: isLocked ? passphrase : null, keyring: withKeyring });
      }
      if (relayFrom === 'given') await giveRelay(client.api, relay);
      if (relayFrom === 'here') await client.api.startLocalRelay({});
    });
    if (well) onDone();
  };
  return { start, isMade, busy: attempt.busy, error: attempt.error, clear: attempt.clear };
}

/** See `useSetUp`. */
export type SetUp = ReturnType<typeof useSetUp>;
