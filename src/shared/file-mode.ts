import { statSync } from 'node:fs';

/** Whether every user of this machine may read or write a file. Where files have no such modes, no. */
export const isOpenToAll = (file: string): boolean =>
  process.platform !== 'win32' && (statSync(file).mode & 0o006) !== 0;
