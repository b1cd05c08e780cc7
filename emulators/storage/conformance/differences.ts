/** What is known to be other than in the service, and why it stays so. */
export const differences: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'Everybody may do everything; signatures of URLs are not checked, only their time.',
    why: 'There are no accounts and no keys on loopback.',
  },
  {
    what: 'A `rewrite` copies any size in one call and never gives a `rewriteToken`.',
    why: 'Copies share their bytes.',
  },
  {
    what: 'Lifecycle, CORS, logging and website settings are kept and shown, but do nothing.',
    why: 'Infrastructure tools set them; no test should wait for days.',
  },
  {
    what: 'Generations of one name stay on one page of a listing.',
    why: 'The page token names an object, not a generation.',
  },
  {
    what: 'No limits on rate: one name takes thousands of writes a second, buckets are made at once.',
    why: 'Tests would only be slower.',
  },
  {
    what: 'Deleted is gone: there is no soft delete.',
    why: 'The disk of a laptop; `softDeletePolicy` is refused.',
  },
  {
    what: 'Promises hold against the death of the process, not of the machine: nothing is fsynced.',
    why: 'An fsync for every object would be most of its price.',
  },
];
