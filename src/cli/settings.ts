// The settings of one run: every option's value and where it came from. Precedence: flag > environment > profile > default.

/** Where a value came from. */
export type Origin = 'flag' | 'environment' | 'profile' | 'default';

/** The value as typed: text, a list of texts, or true. Nothing is read or parsed yet. */
export type RawValue = string | readonly string[] | boolean;

export interface Setting {
  readonly value: RawValue;
  readonly origin: Origin;
}

export interface KnownIssuer {
  readonly name: string;
  readonly issuer: string;
}

interface Surroundings {
  readonly issuers?: readonly KnownIssuer[];
  readonly pick?: (issuer: string) => Settings | undefined;
}

/** The settings of one run, by option name. */
export class Settings {
  readonly #values: ReadonlyMap<string, Setting>;
  /** The profile that was used, and the names of all profiles. */
  readonly profile: string | undefined;

  readonly #pick: ((issuer: string) => Settings | undefined) | undefined;

  /** The issuers of all profiles by their names: for the explanation of a token that came to the wrong place. */
  readonly issuers: readonly KnownIssuer[];

  constructor(values: ReadonlyMap<string, Setting>, profile?: string, { issuers = [], pick }: Surroundings = {}) {
    this.#values = values;
    this.profile = profile;
    this.issuers = issuers;
    this.#pick = pick;
  }

  /** The same settings, of which a token may pick others by its issuer. */
  pickingBy(pick: (issuer: string) => Settings | undefined): Settings {
    return new Settings(this.#values, this.profile, { issuers: this.issuers, pick });
  }

  /** The settings for a token of that issuer: those of the one profile that names it, where nobody chose a profile. */
  forIssuer(issuerOf: () => string | undefined): Settings {
    const issuer = this.#pick === undefined ? undefined : issuerOf();
    return (issuer === undefined ? undefined : this.#pick?.(issuer)) ?? this;
  }

  get(name: string): Setting | undefined {
    return this.#values.get(name);
  }

  /** One text value; of several given, the last. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)?.value;
    if (typeof value === 'string') return value;
    return Array.isArray(value) ? value.at(-1) : undefined;
  }

  /** A list, split at commas. */
  list(name: string): string[] {
    return this.texts(name)
      .flatMap((text) => text.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** All texts given, in order, not split. */
  texts(name: string): string[] {
    const value = this.#values.get(name)?.value;
    if (value === undefined || typeof value === 'boolean') return [];
    return typeof value === 'string' ? [value] : [...value];
  }

  flag(name: string): boolean {
    const value = this.#values.get(name)?.value;
    return value === true || value === 'true' || value === '1';
  }
}
