import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM */
  readonly certificate: string;
  /** PEM */
  readonly key: string;
}

export interface CertificateOptions {
  /** Host names and IPv4 addresses that the certificate is for. */
  readonly names: readonly string[];
  /** @default tomorrow */
  readonly validUntil?: Date;
}

/** A certification authority of the test's own, which nobody trusts who is not told to. */
export interface Authority {
  /** PEM */
  readonly certificate: string;
  issue(options: CertificateOptions): Promise<Certificate>;
}

const YESTERDAY = new Date(Date.now() - 86_400_000);
const TOMORROW = new Date(Date.now() + 86_400_000);

/** Makes one that is valid from yesterday until tomorrow; `issue` gives certificates for servers. */
export async function createAuthority(): Promise<Authority> {
  const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate: YESTERDAY } as const;
  const authority = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
    ...common,
    notAfterDate: TOMORROW,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  });
  return {
    certificate: authority.cert,
    issue: async ({ names, validUntil = TOMORROW }) => {
      const issued = await generate([{ name: 'commonName', value: 'A server of a test' }], {
        ...common,
        notAfterDate: validUntil,
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })),
          },
        ],
      });
      return { certificate: issued.cert, key: issued.private };
    },
  };
}
