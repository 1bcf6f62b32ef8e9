// The version of this build; the bundler puts it in from package.json.

declare const TOKCTL_VERSION: string;

export const VERSION: string = TOKCTL_VERSION;
