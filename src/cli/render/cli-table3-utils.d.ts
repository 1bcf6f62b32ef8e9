// The part of cli-table3 that claims-table.ts mends; the package declares its front door only.

declare module 'cli-table3/src/utils.js' {
  const utils: { truncate(text: string, columns: number, mark?: string): string };
  export = utils;
}
