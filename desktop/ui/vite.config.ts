// How the page is built: files that the strictest policy of a page allows (no inline script, no inline style, nothing evaluated), named after
// their contents, for the Chromium of Electron and for the browsers of people who use `sotto ui`.
import { defineConfig } from 'vite';

const config = defineConfig({
  root: import.meta.dirname,
  // Relative, so that the same build lives on http://127.0.0.1 and on app://.
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    // Electron 45 is Chromium 154. What tests see in a newer Chromium must not lack there, nor in the browsers of their year.
    target: ['chrome154', 'firefox140', 'safari26'],
    // The polyfill is an inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    sourcemap: false,
    reportCompressedSize: false,
    license: { fileName: 'licences.md' },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});

export { config as default };
