import { ServiceError } from '../../frame/index.ts';

const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

export const resourceNotFound = (name: string): ServiceError =>
  new ServiceError('NOT_FOUND', `Resource not found (resource=${shortName(name)}).`);

export const alreadyExists = (name: string): ServiceError =>
  new ServiceError('ALREADY_EXISTS', `Resource already exists in the project (resource=${shortName(name)}).`);

export const detachedError = (name: string): ServiceError =>
  new ServiceError('FAILED_PRECONDITION', `The subscription ${shortName(name)} is detached from its topic.`);
