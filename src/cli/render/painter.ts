// Colour, by meaning and never alone: whoever sees none reads the same words and marks.

import { Chalk } from 'chalk';

export interface Painter {
  good: (text: string) => string;
  bad: (text: string) => string;
  doubtful: (text: string) => string;
  dim: (text: string) => string;
  strong: (text: string) => string;
}

/** A painter that paints, or one that gives every text back as it is. */
export function painter(color: boolean): Painter {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return { good: chalk.green, bad: chalk.red, doubtful: chalk.yellow, dim: chalk.dim, strong: chalk.bold };
}
