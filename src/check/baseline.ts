// Metadata against a recorded baseline: what was added, removed or changed since a person looked at it.
// The order of members and of lists carries no meaning (RFC 8414 §2), so it is no change.

import { isJsonObject, type Json, type JsonObject, member, parseJson, printJson, textMember } from '../core/json.ts';

/** The text to record: members in order, so that a later recording differs only where the metadata does. */
export const baselineText = (metadata: JsonObject): string => `${printJson(sorted(metadata), 2)}\n`;

export interface MetadataChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

/** What differs from the recorded text, by member; undefined if the text is no JSON object. */
export function changesSince(recorded: string, metadata: JsonObject): MetadataChanges | undefined {
  const before = recordedMetadata(recorded);
  if (before === undefined) return undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(metadata)])].sort();
  const had = (name: string) => Object.hasOwn(before, name);
  const has = (name: string) => Object.hasOwn(metadata, name);
  return {
    added: names.filter((name) => !had(name)),
    removed: names.filter((name) => !has(name)),
    changed: names.filter((name) => had(name) && has(name) && text(before[name]) !== text(metadata[name])),
  };
}

const text = (value: Json | undefined): string => printJson(sorted(value ?? null));

/** The metadata alone, or as `tokctl doctor --baseline` records it among other things. */
function recordedMetadata(recorded: string): JsonObject | undefined {
  const object = readObject(recorded);
  if (textMember(object, 'schema')?.startsWith('tokctl.doctor-baseline/') !== true) return object;
  const metadata = member(object, 'metadata');
  return isJsonObject(metadata) ? metadata : undefined;
}

function readObject(recorded: string): JsonObject | undefined {
  try {
    const { value } = parseJson(recorded);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => compare(printJson(a), printJson(b)));
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort(compare);
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] ?? null)]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
