/** `ORDERLAKE_CHAOS=short` for every change, the whole of it where minutes do not matter. */
export const isShort = process.env.ORDERLAKE_CHAOS === 'short';

/** `ORDERLAKE_CHAOS_SEEDS=4,5` does again what chance did with these. */
export const askedSeeds = process.env.ORDERLAKE_CHAOS_SEEDS?.split(',').map(Number);
