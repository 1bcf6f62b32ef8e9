/** Milliseconds above `node -e 0` by the name of the case, and those of `node -e 0` itself. */
export interface Environment {
  baseMs: number;
  aboveMs: Record<string, number>;
}

export interface Figures {
  node: string;
  platform: string;
  runs: number;
  cases: { name: string; aimMs?: number }[];
  plain: Environment;
  extraCertificates: Environment;
}

export function median(numbers: readonly number[]): number;
export function whole(rate: number | undefined): string;
export function ratio(figure: number, floor: number | undefined): string;
export function table(figures: Figures): string;
export function aligned(rows: readonly (readonly string[])[]): string[];
export function between(text: string, figures: string, script?: string): string;
