/** How long a test waits for what has to come about: no bound on anything that is promised, since a machine may be busy. */
export const PATIENCE = { timeout: 60_000, interval: 10 };
