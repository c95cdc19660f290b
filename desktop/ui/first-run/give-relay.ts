// Giving a new account its first relay: one that does not answer is not kept, for nobody would notice a slip of the pen in the next steps.
import { SottoError } from '../../../core/base/errors.ts';
import type { WindowApi } from '../../../core/window-api.ts';

/** Registers at a relay. @throws OFFLINE it does not answer; REFUSED it does not let us in; BAD_INPUT this is no relay's address; then it is not ours */
export async function giveRelay(api: Pick<WindowApi, 'addRelay' | 'removeRelay'>, relay: string): Promise<void> {
  const { state, address } = await api.addRelay({ relay });
  if (state === 'connected') return;
  await api.removeRelay({ relay: address });
  throw new SottoError(state === 'refused' ? 'REFUSED' : 'OFFLINE');
}
