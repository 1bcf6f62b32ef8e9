// Several reports as one document: one `<testsuites>`, one `# EOF`, one line of a monitor. Pure, like the renderers.

import type { Description, Report } from '../../core/report.ts';
import type { Renderer, Surface } from './renderer.ts';

/** A document that is being written. A form that needs no frame gives all of it in `add`. */
export interface ReportDocument {
  /** What can be printed as soon as this report is there; may be nothing. */
  add(report: Report | Description): string;
  /** The rest. Not called after a failure: a document that is not whole must not look whole. */
  end(): string;
}

export type DocumentMaker = (surface: Surface) => ReportDocument;

/** The document of a form whose reports simply follow one another. */
export const inSequence =
  (render: Renderer): DocumentMaker =>
  (surface) => ({ add: (report) => render(report, surface), end: () => '' });

/** The renderer of one report: a document with nothing else in it. */
export const alone =
  (make: DocumentMaker): Renderer =>
  (report, surface) => {
    const document = make(surface);
    return document.add(report) + document.end();
  };
