export const ASSET_NAMES = ['functions', 'fleet'] as const;
export type AssetName = (typeof ASSET_NAMES)[number];

/** The modules of each asset that export a `handler`; each is bundled from lambda/ by the same name. */
export const ENTRY_POINTS = {
  functions: ['handler', 'notify', 'verify', 'widget'],
  // Of its own, so that the others are as small as without it.
  fleet: ['fleet'],
} as const satisfies Readonly<Record<AssetName, readonly string[]>>;
export type EntryPoint = (typeof ENTRY_POINTS)[AssetName][number];
