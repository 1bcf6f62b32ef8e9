// Workflow commands of GitHub Actions: `::error title=…::…`. A runner obeys what stands at the start of a line.
// Invariant: one line for each command, and nothing from outside ends its message or adds a property to it.

import { escapeText } from '../../core/escape.ts';

/** As `@actions/core` has it: percent first, or the other two would be escaped twice. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export type Annotation = 'error' | 'warning' | 'notice';

/** The line of an annotation, with its end. Title and message are text from outside. */
export const githubAnnotation = (level: Annotation, title: string, message: string): string =>
  `::${level} title=${property(escapeText(title))}::${data(escapeText(message))}\n`;

/**
 * The lines that make the runner hide a value in its log from here on, with their ends; one for each line of the value,
 * because the log is searched line by line. The value stands in them: print them only where a runner reads.
 */
export const githubMask = (secret: string): string =>
  secret
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .map((line) => `::add-mask::${data(line)}\n`)
    .join('');
