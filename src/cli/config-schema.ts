// The shape of the configuration file, made of the option table; checked here and published as a JSON Schema.
// Invariant: a value passes exactly if its flag would, and what is hidden elsewhere is not repeated in a fault.

import * as z from 'zod/mini';
import { nearest } from '../core/nearest.ts';
import { OPTIONS, type OptionDefinition, optionNamed } from './options.ts';
import { shownValue } from './secret-source.ts';
import { checkValue } from './values.ts';

type FileScalar = string | number;
/** A value as the file holds it. */
export type FileValue = FileScalar | boolean | readonly FileScalar[];
export type FileProfile = Readonly<Record<string, FileValue | undefined>>;

/** The file once it was checked. What is absent and what is empty are the same. */
export interface ConfigDocument {
  readonly 'default-profile'?: string | undefined;
  readonly profiles?: Readonly<Record<string, FileProfile | null>> | null | undefined;
}

/** One thing that is wrong: the path to it, words for a message, and what to do next. */
export interface ConfigFault {
  readonly path: readonly PropertyKey[];
  readonly words: string;
  readonly hint: string;
}

/** The options that a profile may hold. */
const PROFILE_OPTIONS: readonly OptionDefinition[] = OPTIONS.filter(({ inProfile }) => inProfile !== false);
const OPTION_NAMES = PROFILE_OPTIONS.map(({ name }) => name);

const PROFILE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

/** What the JSON Schema says of a text, so that editors mark what cannot be. The rule itself is `checkValue`. */
const PATTERNS: Partial<Record<OptionDefinition['kind'], string>> = {
  url: '^[Hh][Tt][Tt][Pp][Ss]?://',
  duration: '^\\s*[0-9]+(\\.[0-9]+)?(ms|s|m|min|h|d|w)?\\s*$',
};

const isMany = ({ kind }: OptionDefinition): boolean => kind === 'list' || kind === 'texts';

function typeOf(option: OptionDefinition) {
  const { kind, choices } = option;
  if (kind === 'flag') return z.boolean();
  if (choices !== undefined) return z.enum(choices as readonly [string, ...string[]]);
  if (kind === 'integer') return z.union([z.int().check(z.minimum(0)), z.string().check(z.regex(/^[0-9]{1,9}$/))]);
  const pattern = PATTERNS[kind];
  const text = z.string().check(z.minLength(1));
  const marked = pattern === undefined ? text : text.check(z.meta({ pattern }));
  if (kind === 'url') return marked;
  const one = z.union([marked, z.number()]);
  return isMany(option) ? z.union([one, z.array(one)]) : one;
}

const textsOf = (value: FileValue): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** The rule of the flag for each text of a value. */
function checkTexts(option: OptionDefinition) {
  return z.check<FileValue>(({ value, issues }) => {
    for (const [index, text] of textsOf(value).entries()) {
      const message = checkValue(option, text);
      const path = Array.isArray(value) ? [index] : [];
      if (message !== undefined) issues.push({ code: 'custom', message, path, input: text });
    }
  });
}

function memberOf(option: OptionDefinition) {
  const { kind, help, default: text } = option;
  const preset = text === undefined ? {} : { default: kind === 'integer' ? Number(text) : text };
  const type = typeOf(option) as z.ZodMiniType<FileValue>;
  return z.optional(type.check(checkTexts(option), z.meta({ description: help, ...preset })));
}

const profileSchema = z
  .strictObject(Object.fromEntries(PROFILE_OPTIONS.map((option) => [option.name, memberOf(option)])))
  .check(z.meta({ description: 'options by their flags, without the dashes' }));

const profilesSchema = z.record(z.string().check(z.regex(PROFILE_NAME)), z.nullable(profileSchema));

const configSchema = z
  .strictObject({
    'default-profile': z.optional(
      z.string().check(z.meta({ description: 'the profile of a run that names none and whose token picks none' })),
    ),
    profiles: z.optional(
      z.nullable(
        profilesSchema.check(z.meta({ description: 'by name; tokctl -p NAME, or the token picks by its iss' })),
      ),
    ),
  })
  .check(z.meta({ title: 'configuration of tokctl' }));

const TOP_NAMES = ['profiles', 'default-profile'];

/** The JSON Schema (draft 7, which editors know) of the configuration file. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { target: 'draft-7' });
}

export type CheckedConfig = { readonly document: ConfigDocument } | { readonly faults: readonly ConfigFault[] };

/** The document if all of it is right, else everything that is wrong. `undefined` and null are an empty file. */
export function checkConfig(value: unknown): CheckedConfig {
  const { success, data, error } = configSchema.safeParse(value ?? {});
  if (success) return { document: data };
  return { faults: error.issues.flatMap((issue) => faultsOf(issue, value)) };
}

type Issue = z.core.$ZodIssue;

const SEE = 'tokctl config init writes an example; keys are the flags without their dashes';

function faultsOf(issue: Issue, value: unknown): ConfigFault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path));
  if (issue.code === 'invalid_key')
    return [{ path, words: 'a profile name: expected letters, digits, `.`, `_`, `-` and `@`', hint: SEE }];
  const expected = issue.code === 'custom' ? issue.message : expectedAt(path);
  return [{ path, words: `${labelOf(path)}: ${expected}, got ${shownAt(path, value)}`, hint: SEE }];
}

function expectedAt([top, profile, name]: readonly PropertyKey[]): string {
  if (top === undefined) return 'expected `profiles:`';
  if (profile === undefined) return top === 'profiles' ? 'expected profiles by name' : 'expected text';
  if (name === undefined) return 'expected options by name';
  const option = optionNamed(String(name));
  if (option.choices !== undefined) return `expected one of ${option.choices.join(', ')}`;
  if (option.kind === 'flag') return 'expected true or false';
  if (option.kind === 'integer') return 'expected a whole number';
  return checkValue(option, '') ?? (isMany(option) ? 'expected text or a list of texts' : 'expected text');
}

/** A place in words: `timeout` in profile `work`. */
function labelOf([top, profile, name, item]: readonly PropertyKey[]): string {
  if (top === undefined) return 'the file';
  if (profile === undefined) return `\`${String(top)}\``;
  if (name === undefined) return `profile \`${String(profile)}\``;
  const index = item === undefined ? '' : `item ${Number(item) + 1} of `;
  return `${index}\`${String(name)}\` in profile \`${String(profile)}\``;
}

function shownAt(path: readonly PropertyKey[], root: unknown): string {
  const value = path.reduce((found: unknown, part) => (found as Record<PropertyKey, unknown>)?.[part], root);
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  if (value === '') return 'an empty text';
  const name = path[2];
  if (name === undefined) return 'text';
  return `\`${shownValue(optionNamed(String(name)), String(value)).slice(0, 80)}\``;
}

function unknownKey(key: string, path: readonly PropertyKey[]): ConfigFault {
  const inProfile = path.length > 1;
  // A secret can stand in a key where the blank after its colon was forgotten.
  const shown = /^[\w.-]{1,64}$/.test(key) ? ` \`${key}\`` : '';
  const words = `unknown key${shown}${inProfile ? ` in ${labelOf(path)}` : ''}`;
  return { path: [...path, key], words, hint: hintFor(key, inProfile) };
}

function hintFor(key: string, inProfile: boolean): string {
  const word = key.replace(/^-+/, '');
  if (!inProfile && OPTION_NAMES.includes(word))
    return `options stand in a profile: profiles, a name, then \`${word}\``;
  if (inProfile && OPTIONS.some(({ name, inProfile: may }) => name === word && may === false))
    return `\`--${word}\` is for the command line and stands in no profile`;
  const [found] = nearest(word, inProfile ? OPTION_NAMES : TOP_NAMES, 1);
  return found === undefined ? SEE : `did you mean \`${found}\`?`;
}
