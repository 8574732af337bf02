import {
  type FakeAws,
  GET_PARAMETERS,
  GET_SECRET_VALUE,
  PUBLISH,
  parameterValues,
  published,
} from '../aws/fake-aws.ts';
import type { Condition, Tenant } from './tenants.ts';

export const LIST_SECRETS = 'secretsmanager.ListSecrets';

/** AWS hands out a hundred at a time at most. */
const PAGE = 100;

/** A list of secrets, in pages. */
export function secretPages(names: () => readonly string[]) {
  return ({ input }: { input: unknown }) => {
    const token = typeof input === 'object' && input !== null && 'NextToken' in input ? Number(input.NextToken) : 0;
    const page = names().slice(token, token + PAGE);
    const next = token + PAGE < names().length ? { NextToken: String(token + PAGE) } : {};
    return { status: 200, output: { SecretList: page.map((Name) => ({ Name })), ...next } };
  };
}

/** Somebody has taken these out of the list by the second night. */
const GONE: readonly Condition[] = ['removed', 'hangs', 'server down'];

/**
 * Has AWS hold the tenants' secrets: one that is removed is in the list until somebody cannot read it, one that is added is in the list
 * from the second night on, when those that nobody reaches are gone.
 */
export function holdTenants(aws: FakeAws, tenants: readonly Tenant[]): { readonly nextNight: () => void } {
  let nights = 1;
  const gone = new Set<string>();
  const texts = new Map(tenants.map((tenant) => [tenant.secret, tenant]));
  aws.answer(
    LIST_SECRETS,
    secretPages(() =>
      tenants
        .filter(({ secret }) => !gone.has(secret))
        .filter(({ condition }) => (nights === 1 ? condition !== 'added' : !GONE.includes(condition)))
        .map((t) => t.secret),
    ),
  );
  aws.answer(GET_SECRET_VALUE, ({ input }) => {
    const id = typeof input === 'object' && input !== null && 'SecretId' in input ? String(input.SecretId) : '';
    const tenant = texts.get(id);
    if (tenant?.condition === 'removed') gone.add(id);
    return tenant === undefined || tenant.condition === 'removed'
      ? { status: 400, output: { __type: 'ResourceNotFoundException', message: 'The words of the service' } }
      : { status: 200, output: { Name: id, SecretString: tenant.secretText } };
  });
  aws.answer(GET_PARAMETERS, parameterValues({}));
  aws.answer(PUBLISH, published);
  return {
    nextNight: () => {
      nights += 1;
    },
  };
}
