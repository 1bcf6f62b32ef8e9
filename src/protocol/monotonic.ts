/** Milliseconds by a clock that nobody sets. `performance.now()` says the same, but Node loads ten modules for it. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
