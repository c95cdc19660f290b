// How the app is packed for Linux, macOS and Windows. What is not named here is not in it; every fuse is said, also those that stay as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import type { Configuration, FileSet } from 'electron-builder';
import { nativePackages, ROOT } from './build/packages.ts';

/** Switches in the binary itself. All nine: one that Electron adds makes the packing fail until it is decided on. */
export const FUSES = {
  // The engine and the relay are utility processes: nothing needs the app to be a Node.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Checked on macOS and Windows; on Linux the signature of the package stands for it.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies Record<FuseV1Options, boolean>;

/** Files of packages that run nothing. */
const NOT_RUN = [
  '!**/*.{ts,map,md,c,cc,h,gyp,gypi,mk,py,flow,yml,yaml}',
  '!**/{test,tests,deps,src,doc,docs,example,examples,.github}/**',
  '!**/.*',
];

/** The native packages: code, licence, and of their binaries the one for the target. The platform is said here, for `${platform}` is that of the packer. */
export function nativeFiles(platform: 'linux' | 'darwin' | 'win32'): FileSet[] {
  const binaries = ['!prebuilds/**', '!build/**', `prebuilds/${platform}-*$\{arch}*/*.node`, '!prebuilds/**/*musl*'];
  return nativePackages().map(({ folder }) => ({ from: join(ROOT, folder), to: folder, filter: ['**/*', ...NOT_RUN, ...binaries] }));
}

/** The program's name on Linux. */
const LINUX_NAME = 'sotto-desktop';

/** The Electron that everything is checked with. */
const ELECTRON = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly devDependencies: { readonly electron: string } }
).devDependencies.electron;

/** What electron-builder is given. @param app what was built, from the root @param output where the packages go */
export function packing({ app, output }: { readonly app: string; readonly output: string }): Configuration {
  return {
    appId: 'org.sotto.desktop',
    productName: 'Sotto',
    copyright: 'The authors of Sotto, AGPL-3.0-only',
    electronVersion: ELECTRON,
    directories: { app, output, buildResources: 'desktop/icons' },
    files: ['**/*', '!**/.*', '!**/*.map', '!**/*.ts'],
    asar: true,
    asarUnpack: ['**/*.node'],
    // Packages are our affair: what is needed is in the bundles or named above, and nothing is built anew, for both native packages speak
    // N-API: what was built for Node runs in Electron. (`npmRebuild: false` would skip this word, and add every package of the checkout.)
    beforeBuild: async () => false,
    extraResources: [
      { from: 'LICENSE', to: 'LICENSE' },
      { from: join(app, 'THIRD-PARTY.txt'), to: 'THIRD-PARTY.txt' },
    ],
    protocols: [{ name: 'Sotto invite', schemes: ['sotto'] }],
    // Only where somebody decided to publish; the app itself never looks for updates.
    publish: null,
    linux: {
      files: nativeFiles('linux'),
      target: ['AppImage', 'deb', 'rpm'],
      category: 'Network;InstantMessaging',
      icon: 'icon.png',
      executableName: LINUX_NAME,
      maintainer: 'The authors of Sotto <authors@sotto.invalid>',
      synopsis: 'A private messenger',
    },
    mac: {
      files: nativeFiles('darwin'),
      target: ['dmg', 'zip'],
      category: 'public.app-category.social-networking',
      icon: 'icon.png',
      hardenedRuntime: true,
      minimumSystemVersion: '13.0',
    },
    // One of the native packages has no binary for Windows on ARM.
    win: { files: nativeFiles('win32'), target: [{ target: 'nsis', arch: ['x64'] }], icon: 'icon.png' },
    nsis: { oneClick: false, perMachine: false, deleteAppDataOnUninstall: false },
    afterPack: async ({ appOutDir, electronPlatformName, packager }) => {
      const name = packager.appInfo.productFilename;
      const program = { darwin: `${name}.app`, win32: `${name}.exe` }[electronPlatformName] ?? LINUX_NAME;
      await flipFuses(join(appOutDir, program), {
        version: FuseVersion.V1,
        strictlyRequireAllFuses: true,
        resetAdHocDarwinSignature: electronPlatformName === 'darwin',
        ...FUSES,
      });
    },
  };
}
