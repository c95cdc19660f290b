// Runs inside the measured page, before anything of its own: notes when things were asked, typed and painted. Changes nothing it measures.
(() => {
  const timers = { set: 0, fired: 0, frames: 0 };
  const asked = {};
  const keys = [];
  const now = () => performance.now();

  /** The time at which what stands in the document now is on the screen: after the next frame was given away. */
  const painted = () =>
    new Promise((resolve) => {
      raf(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(now());
        channel.port2.postMessage(null);
      });
    });

  const raf = window.requestAnimationFrame.bind(window);
  const { setTimeout: later, setInterval: again } = window;
  const counted = (set) =>
    function timer(work, ...rest) {
      if (document.hidden) timers.set += 1;
      const run =
        typeof work !== 'function'
          ? work
          : (...given) => {
              if (document.hidden) timers.fired += 1;
              return work(...given);
            };
      return set.call(window, run, ...rest);
    };
  window.setTimeout = counted(later);
  window.setInterval = counted(again);
  window.requestAnimationFrame = (work) => {
    if (document.hidden) timers.frames += 1;
    return raf(work);
  };

  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function sendNoted(text) {
    if (typeof text === 'string' && text.startsWith('{')) {
      const name = /"name":"(\w+)"/.exec(text)?.[1];
      if (name !== undefined) asked[name] = [...(asked[name] ?? []), now()];
    }
    return send.call(this, text);
  };

  addEventListener(
    'keydown',
    (event) => {
      const { timeStamp } = event;
      void painted().then((at) => keys.push(at - timeStamp));
    },
    { capture: true, passive: true },
  );

  const clicks = [];
  addEventListener('click', ({ timeStamp }) => clicks.push(timeStamp), { capture: true, passive: true });

  /** When something that fits was first on the screen. */
  const shown = (selector, fits = () => true) =>
    new Promise((resolve) => {
      const look = () => {
        const found = [...document.querySelectorAll(selector)].some(fits);
        if (found) {
          observer.disconnect();
          void painted().then(resolve);
        }
        return found;
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    });

  const nextFrame = () => new Promise((resolve) => raf(resolve));
  const isRow = (element) => element?.closest('[data-row]') !== null && element !== null;

  /** True when nothing stands around the middle of the view: a gap between two rows is no blank view. */
  const isBlank = (scroller) => {
    const { left, top, width, height } = scroller.getBoundingClientRect();
    for (let at = 0.3; at <= 0.7; at += 0.05)
      for (const across of [0.2, 0.5, 0.8]) if (isRow(document.elementFromPoint(left + width * across, top + height * at))) return false;
    return true;
  };

  /** Scrolls by so many pixels in every frame. @returns times between frames, ms, and how many of them showed nothing */
  const scroll = async (scroller, step, frames) => {
    const times = [];
    let blank = 0;
    let last = await nextFrame();
    for (let frame = 0; frame < frames; frame += 1) {
      scroller.scrollBy(0, step);
      const time = await nextFrame();
      times.push(time - last);
      last = time;
      if (isBlank(scroller)) blank += 1;
    }
    return { times, blank };
  };

  /** Goes where older rows are asked for, and watches the row in the middle. @returns its worst movement, px, and how often older ones came */
  const prepend = async (scroller, at, frames) => {
    const before = asked.history?.length ?? 0;
    scroller.scrollTop = at;
    await nextFrame();
    const { left, top, width, height } = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll('[data-row]')];
    const middle = top + height / 2;
    const row = rows.find((one) => one.getBoundingClientRect().bottom > middle && one.getBoundingClientRect().top < top + height);
    if (row === undefined) return { moved: Number.NaN, asked: 0, left, width };
    const id = row.dataset.row;
    const first = row.getBoundingClientRect().top;
    let moved = 0;
    for (let frame = 0; frame < frames; frame += 1) {
      await nextFrame();
      const here = scroller.querySelector(`[data-row="${id}"]`);
      moved = Math.max(moved, here === null ? 100_000 : Math.abs(here.getBoundingClientRect().top - first));
    }
    return { moved, asked: (asked.history?.length ?? 0) - before };
  };

  /** The element that scrolls around the first row. */
  const scroller = () => {
    let one = document.querySelector('[data-row]');
    while (one !== null && !(one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)))
      one = one.parentElement;
    return one;
  };

  window.probe = { timers, asked, keys, clicks, now, painted, shown, scroll, prepend, scroller };
})();
