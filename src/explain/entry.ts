// The form of every explanation: what a word means, why it comes up, what to do next, where the rule stands.

/** What to do, in words, or in words and with the command that does it. */
export type Step = string | readonly [says: string, command: string];

export interface Entry {
  /** One line, lower case, no final period. */
  readonly title: string;
  /** Two to five sentences. */
  readonly meaning: string;
  readonly reasons?: readonly string[];
  readonly next?: readonly Step[];
  /** Where the rule stands; absent where the rule is tokctl's own. */
  readonly spec?: string;
  /** Other words that are explained and belong to this one. */
  readonly see?: readonly string[];
}
