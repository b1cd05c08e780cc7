import { invalid } from '../../frame/index.ts';
import { bounded } from './rules.ts';

const maxPublishBytes = 10 * 1024 * 1024;
const maxAcknowledgeBytes = 512 * 1024;
const maxMessages = 1000;
const maxAttributes = 100;
const maxKeyBytes = 256;
const maxValueBytes = 1024;
const maxOrderingKeyBytes = 1024;

export const checkMessageCount = (count: number): void => bounded(count, 'message_count', 1, maxMessages);

export const checkPublishSize = (bytes: number): void => checkSize(bytes, maxPublishBytes);

/** Of Acknowledge and ModifyAckDeadline; what comes on a stream is not bounded by it. */
export const checkAcknowledgeSize = (bytes: number): void => checkSize(bytes, maxAcknowledgeBytes);

function checkSize(bytes: number, limit: number): void {
  if (bytes > limit) throw invalid(`Request payload size exceeds the limit: ${limit} bytes.`);
}

export function checkMessage(dataBytes: number, attributes: number, orderingKeyBytes: number): void {
  if (dataBytes === 0 && attributes === 0) {
    throw invalid(
      'One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.',
    );
  }
  if (attributes > maxAttributes) throw tooLarge('attributes', attributes, `at most ${maxAttributes}`);
  if (orderingKeyBytes > maxOrderingKeyBytes) {
    throw tooLarge('ordering_key', orderingKeyBytes, `at most ${maxOrderingKeyBytes} bytes`);
  }
}

/** What the service's own clients add to messages, as they do to carry a trace on. */
const ofClients = 'googclient_';

export function checkAttribute(key: string, valueBytes: number): void {
  if (key === '' || (key.startsWith('goog') && !key.startsWith(ofClients))) {
    throw invalid(`The attribute key "${key}" is not allowed: it must not be empty nor begin with goog.`);
  }
  const keyBytes = key.length > maxKeyBytes / 4 ? Buffer.byteLength(key) : key.length;
  if (keyBytes > maxKeyBytes) throw tooLarge('attribute key', keyBytes, `at most ${maxKeyBytes} bytes`);
  if (valueBytes > maxValueBytes)
    throw tooLarge(`attribute "${key}"`, valueBytes, `at most ${maxValueBytes} bytes`);
}

const tooLarge = (what: string, got: number, bound: string) =>
  invalid(`The value for ${what} is too large. You passed ${got} in the request, but it may have ${bound}.`);
