// What a browser does for notifications.
import type { Desk } from './notifications.ts';

/** One for all tabs of one home: two tabs do not say the same twice. */
const TAG = 'sotto';

/** The desk of this browser. */
export const browserDesk: Desk = {
  isLooked: () => document.visibilityState === 'visible' && document.hasFocus(),
  show(title, body, clicked) {
    if (!('Notification' in window) || Notification.permission !== 'granted') return null;
    const shown = new Notification(title, { body, tag: TAG });
    shown.onclick = () => {
      window.focus();
      clicked();
    };
    return () => shown.close();
  },
};
