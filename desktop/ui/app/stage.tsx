// Which screen there is: by how the home stands. Whoever sets up stays in the first run until its last step, though the home is open by then.
import { useState } from 'react';
import { FirstRun } from '../first-run/first-run.tsx';
import { FailedScreen, OpeningScreen, UnknownScreen } from '../first-run/opening-screen.tsx';
import { UnlockScreen } from '../first-run/unlock-screen.tsx';
import { useClient } from './client-context.tsx';
import { useEngineFate } from './engine-bar.tsx';
import { useReadable } from './readable.ts';
import { Shell } from './shell.tsx';

/** See above. */
export function Stage() {
  const client = useClient();
  const home = useReadable(client.home);
  const [settingUp, setSettingUp] = useState(false);
  if (home?.state === 'none' && !settingUp) setSettingUp(true);
  // Locked at its last step, or made by another program meanwhile: the passphrase comes before everything.
  if (home?.state === 'locked' && settingUp) setSettingUp(false);
  // Whoever unlocks stays before the lock until it is open: it says what was wrong, and holds what was typed.
  const [unlocking, setUnlocking] = useState(false);
  const isLocked = home?.state === 'locked' || (home?.state === 'opening' && unlocking);
  if (isLocked !== unlocking) setUnlocking(isLocked);
  const fate = useEngineFate();
  if (home === null) return fate === 'unknown' ? <UnknownScreen /> : <OpeningScreen />;
  if (settingUp && home.state !== 'failed') return <FirstRun onDone={() => setSettingUp(false)} />;
  if (home.state === 'failed') return <FailedScreen home={home} />;
  if (isLocked) return <UnlockScreen home={home} />;
  if (home.state === 'opening') return <OpeningScreen />;
  return <Shell />;
}
