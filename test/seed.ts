// The generated cases of a run are the same in every run, so that a gate does not depend on chance; TOKCTL_SEED=… tries
// others, and test/fuzz is there to look for new ones.

import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env['TOKCTL_SEED'] ?? 20261126) });
