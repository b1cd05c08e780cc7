/** `ORDERLAKE_CHAOS=short` for every change, the whole of it where minutes do not matter. */
export const isShort = process.env.ORDERLAKE_CHAOS === 'short';
