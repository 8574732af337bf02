/** The modules of the asset that export a `handler`; each is bundled from lambda/ by the same name. */
export const ENTRY_POINTS = ['handler', 'notify', 'verify', 'widget'] as const;
export type EntryPoint = (typeof ENTRY_POINTS)[number];
