// Runs inside the measured page, before anything of its own: notes when things were asked, typed and painted. Changes nothing it measures.
(() => {
  const timers = { set: 0, fired: 0, frames: 0 };
  const asked = {};
  const keys = [];
  const now = () => performance.now();

  const raf = window.requestAnimationFrame.bind(window);

  /** Runs in the first task after the one that runs now, and so after its frame where it makes one. */
  const afterTask = (work) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = work;
    channel.port2.postMessage(null);
  };

  /** True while a frame is being made: what is changed now is in it, and what asks for a frame now gets the next one. */
  let inFrame = false;
  const framed = (work) => (time) => {
    if (!inFrame) afterTask(() => (inFrame = false));
    inFrame = true;
    return work(time);
  };

  /** The time at which what stands in the document now is on the screen: after the frame that shows it was given away. */
  const painted = () =>
    new Promise((resolve) => {
      const done = () => resolve(now());
      if (inFrame) afterTask(done);
      else raf(() => afterTask(done));
    });

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
    return raf(framed(work));
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
  /** True when no row stands around the middle of the view: a gap between two of them is no blank view. Not by what is under a point: rows that move may take none. */
  const isBlank = (scroller) => {
    const { top, height } = scroller.getBoundingClientRect();
    const [from, to] = [top + height * 0.3, top + height * 0.7];
    return ![...scroller.querySelectorAll('[data-row]')].some((row) => {
      const place = row.getBoundingClientRect();
      return place.height > 0 && place.bottom > from && place.top < to;
    });
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

  /** Waits until nothing was asked for a quarter of a second. */
  const rest = async () => {
    const count = () => Object.values(asked).flat().length;
    for (let known = -1; known !== count(); ) {
      known = count();
      for (let frame = 0; frame < 15; frame += 1) await nextFrame();
    }
  };

  /** Goes where older rows are asked for, and watches the row in the middle. @returns its worst movement, px, and how often older ones came */
  const prepend = async (scroller, at, frames) => {
    await rest();
    const before = asked.history?.length ?? 0;
    scroller.scrollTop = at;
    await nextFrame();
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
