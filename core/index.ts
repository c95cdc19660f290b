// The door for the command line, the desktop and tests: opening a home and the contract of a peer. Nothing is declared here.
export type * from './api.ts';
export { createHome, homeExists, isUnfinished } from './peer/home.ts';
export { type OpenPeerOptions, openPeer, type RunningPeer } from './peer/peer.ts';
