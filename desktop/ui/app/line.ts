// Picks what the page's line is made of: a port in the desktop, a WebSocket in a browser.
import { browserLine } from './browser-line.ts';
import { desktopLine } from './desktop-line.ts';
import { SteadyLine, type World } from './steady-line.ts';

const world: World = {
  isSeen: () => document.visibilityState === 'visible',
  onWake(listener) {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') listener();
    });
    window.addEventListener('online', listener);
    window.addEventListener('pageshow', listener);
    // Another address: there is an engine behind it.
    window.addEventListener('hashchange', listener);
  },
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The line of this page, being opened. */
export function openLine(): SteadyLine {
  return new SteadyLine(location.protocol === 'app:' ? desktopLine : browserLine, world);
}
