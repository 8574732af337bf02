import { type ExportRows, exportKey, packRows } from '../model/export-file.ts';
import { clientOptions, sendToAws } from './request.ts';

/** An upload of a few hundred kB; S3 itself may take its time. */
const UPLOAD_TIMEOUT_MS = 60_000;

/**
 * Exports to a bucket; nothing there is ever overwritten.
 *
 * @returns what exports a batch. It throws JobError ExportFailed, and what is not exported is not cleared.
 */
export function exportToBucket(bucket: string, requestId: string): ExportRows {
  return async (rows) => {
    // Loaded when it is needed: the largest client by far, and most installations do not export.
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client(clientOptions);
    const key = exportKey(requestId);
    const request = {
      service: 'S3',
      endpoint: 'a gateway endpoint for s3',
      failure: `The batch cannot be exported to the bucket ${bucket}, so it is not cleared`,
      code: 'ExportFailed' as const,
      reasons: {
        NoSuchBucket: 'there is no such bucket. Deploy again with -c export=true.',
        AccessDenied: 'access denied. The function needs s3:PutObject on exports/* in it.',
        PreconditionFailed: 'there is an object of that name already. Try again.',
      },
    };
    try {
      const body = await packRows(rows);
      await sendToAws(
        request,
        (options) =>
          client.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key: key,
              Body: body,
              ContentType: 'application/gzip',
              IfNoneMatch: '*',
            }),
            options,
          ),
        UPLOAD_TIMEOUT_MS,
      );
      return `s3://${bucket}/${key}`;
    } finally {
      client.destroy();
    }
  };
}
