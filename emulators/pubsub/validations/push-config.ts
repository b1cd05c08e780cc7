import { invalid, unimplemented } from '../../frame/index.ts';
import { anything, check, type Rule, type Rules } from './rules.ts';

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** An emulator that posts to any address it is told would be a way out of the machine for whoever may talk to it. */
const pushEndpoint: Rule = (value) => {
  const text = String(value ?? '');
  if (text === '') return;
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(`Invalid push endpoint given (endpoint=${text}).`);
  }
  if (url.protocol !== 'http:' || !loopbackHosts.includes(url.hostname)) {
    throw unimplemented(`Push to ${text}: only http:// on localhost, 127.0.0.1 or [::1]`);
  }
};

const attributes: Rule = (value) => {
  for (const [key, text] of Object.entries((value ?? {}) as Record<string, string>)) {
    if (key !== 'x-goog-version') throw invalid(`Invalid push attribute given (key=${key}).`);
    if (text !== 'v1' && text !== 'v1beta2') throw invalid(`Invalid push version given (version=${text}).`);
  }
};

const pushConfigRules: Rules = {
  pushEndpoint,
  attributes,
  noWrapper: anything,
  pubsubWrapper: anything,
};

export const pushConfig: Rule = (value) => {
  if (value !== undefined && value !== null) check('PushConfig', value, pushConfigRules);
};
