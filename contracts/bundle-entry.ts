import { takeMessage } from './take-message.ts';

/** The one name that the bundle gives its host. */
(globalThis as { takeMessage?: typeof takeMessage }).takeMessage = takeMessage;
