// Where the process begins.

import { launch } from './program.ts';

launch();
